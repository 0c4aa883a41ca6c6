import type { WaitingMessage } from '@waybill/database'
import { continueFrom, inSpan, type Span } from '@waybill/tracing'

/** A turn goes on from the oldest of its messages, whichever hint has brought it, and is linked to all that it answers. */
export function inTurn<Turn extends { end: string | undefined }>(
  messages: readonly [WaitingMessage, ...WaitingMessage[]],
  run: (span: Span | undefined) => Promise<Turn>,
): Promise<Turn> {
  return continueFrom(messages[0], () =>
    inSpan(
      'turn',
      () => ({
        attributes: { 'waybill.messages': messages.length },
        links: messages.map(({ traceparent }) => traceparent),
      }),
      async (span) => {
        const turn = await run(span)
        span?.setAttributes({ 'waybill.outcome': turn.end ?? 'committed' })
        return turn
      },
    ),
  )
}
