import { currentOrigin } from '@waybill/tracing'

/** A reply with what it is part of: whoever sends it goes on from there. */
export function withOrigin<Reply extends object>(reply: Reply): Reply {
  return { ...reply, ...currentOrigin() }
}
