export { type Breaker, createBreaker, UnavailableError } from './breaker.ts'
