const TYPES: Record<number, string> = {
  400: 'invalid_request',
  401: 'authentication',
  402: 'payment_required',
  404: 'not_found',
  408: 'timeout',
  429: 'rate_limit_exceeded',
  502: 'provider_unavailable',
  503: 'provider_overloaded',
}

/** https://openrouter.ai/docs/api/reference/errors */
export class OpenRouterError extends Error {
  override name = 'OpenRouterError'
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export function openRouterErrorBody({
  status,
  code,
  message,
}: {
  status: number
  code?: number | string
  message: string
}) {
  return { error: { code: code ?? status, message, metadata: { error_type: TYPES[status] ?? 'server' } } }
}
