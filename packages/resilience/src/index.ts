export { type Breaker, createBreaker, UnavailableError } from './breaker.ts'
export { fetchAtMost } from './fetch-at-most.ts'
