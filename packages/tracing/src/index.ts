export { originHeaders, originOfRequest, requestIdOf } from './http-origin.ts'
export { SAMPLERS, startTracing, type TracingConfig } from './start-tracing.ts'
export {
  continueFrom,
  currentOrigin,
  inSpan,
  logFields,
  type OpenSpan,
  type Origin,
  openSpan,
  type Span,
} from './trace.ts'
export { withoutNumbers } from './without-numbers.ts'
