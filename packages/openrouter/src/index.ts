export { createOpenRouter, type Provider, providersOf } from './client.ts'
export { inModelCall } from './in-model-call.ts'
export { ModelError, type ModelFailure, modelFailureOf } from './model-failure.ts'
