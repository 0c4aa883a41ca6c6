export { createOpenRouter, type Provider, providersOf } from './client.ts'
export { ModelError, type ModelFailure, modelFailureOf } from './model-failure.ts'
