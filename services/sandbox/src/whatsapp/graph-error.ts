import { randomBytes } from 'node:crypto'

type Entry = { status: number; message: string; type?: string }

/** https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes */
const ERRORS = {
  100: { status: 400, message: '(#100) Invalid parameter' },
  104: { status: 401, message: 'An access token is required to request this resource' },
  190: { status: 401, message: 'Invalid OAuth access token - Cannot parse access token' },
  803: { status: 404, message: '(#803) Some of the aliases you requested do not exist' },
  130429: { status: 400, message: '(#130429) Rate limit hit' },
  131000: { status: 500, message: '(#131000) Something went wrong' },
  131008: { status: 400, message: '(#131008) Required parameter is missing' },
  131009: { status: 400, message: '(#131009) Parameter value is not valid' },
  131026: { status: 400, message: '(#131026) Message undeliverable' },
  131047: { status: 400, message: '(#131047) Re-engagement message' },
  131052: { status: 400, message: '(#131052) Media download error' },
  131053: { status: 400, message: '(#131053) Media upload error' },
  131056: { status: 400, message: '(#131056) (Business Account, Consumer Account) pair rate limit hit' },
  132000: {
    status: 400,
    message: '(#132000) Number of parameters does not match the expected number of params',
  },
  132001: { status: 404, message: '(#132001) Template name does not exist in the translation' },
  132015: { status: 400, message: '(#132015) Template is Paused' },
  132016: { status: 400, message: '(#132016) Template is Disabled' },
} as const satisfies Record<number, Entry>

export type GraphErrorCode = keyof typeof ERRORS

type Extra = { message?: string; subcode?: number; type?: string }

/** An answer that the Graph API refuses with. `details` says what to do, as Meta's `error_data.details` does. */
export class GraphError extends Error {
  override name = 'GraphError'
  readonly status: number
  readonly code: GraphErrorCode
  readonly details: string | undefined
  readonly extra: Extra

  constructor(code: GraphErrorCode, details?: string, extra: Extra = {}) {
    super(extra.message ?? ERRORS[code].message)
    this.status = ERRORS[code].status
    this.code = code
    this.details = details
    this.extra = extra
  }
}

export function graphErrorBody({ message, code, details, extra }: GraphError) {
  return {
    error: {
      message,
      type: extra.type ?? 'OAuthException',
      code,
      ...(extra.subcode === undefined ? {} : { error_subcode: extra.subcode }),
      ...(details === undefined ? {} : { error_data: { messaging_product: 'whatsapp', details } }),
      fbtrace_id: randomBytes(17).toString('base64url'),
    },
  }
}

/** What Meta says of an object that is not there, or not ours. */
export function unknownObject(id: string, method: string): GraphError {
  return new GraphError(100, undefined, {
    message: `Unsupported ${method.toLowerCase()} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation. Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api`,
    type: 'GraphMethodException',
    subcode: 33,
  })
}
