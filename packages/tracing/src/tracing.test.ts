import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { eventually, startStuckServer, startTraceCollector, type TraceCollector } from '@waybill/test-kit'
import { pino } from 'pino'
import { originHeaders, originOfRequest } from './http-origin.ts'
import { type SamplerName, startTracing } from './start-tracing.ts'
import { continueFrom, currentOrigin, inSpan, logFields, openSpan } from './trace.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`
const log = pino({ level: 'silent' })

function tracingTo(endpoint: string | undefined, sampler: SamplerName = 'parentbased_always_on', ratio = 1) {
  return startTracing({ service: 'sender', instance: 'sender-1', endpoint, sampler, ratio, log })
}
const plain = () => ({})
const nothing = async () => {}

describe('with a collector', () => {
  let collector: TraceCollector
  beforeEach(async () => {
    collector = await startTraceCollector()
  })
  afterEach(async () => collector[Symbol.asyncDispose]())

  /** What a process that does this and ends has sent. */
  async function spansOf(work: () => Promise<unknown>, sampler?: SamplerName, ratio?: number) {
    {
      await using _tracing = await tracingTo(collector.url, sampler, ratio)
      await work()
    }
    return collector.spans
  }

  it('makes a span the child of the one around it, and sends it before the process ends', async () => {
    const [inner, outer] = await spansOf(() => inSpan('outer', plain, () => inSpan('inner', plain, nothing)))
    expect(outer).toMatchObject({ name: 'outer', service: 'sender', parentSpanId: undefined })
    expect(inner).toMatchObject({ name: 'inner', traceId: outer?.traceId, parentSpanId: outer?.spanId })
  })

  it('goes on from where a message comes from, and is linked to others', async () => {
    const [span] = await spansOf(() =>
      continueFrom({ traceparent: TRACEPARENT }, () =>
        inSpan('turn', () => ({ links: [TRACEPARENT, null] }), nothing),
      ),
    )
    expect(span).toMatchObject({
      traceId: TRACE,
      parentSpanId: '00f067aa0ba902b7',
      links: ['00f067aa0ba902b7'],
    })
  })

  it('stays where it is when it is told to go on in the same trace', async () => {
    const [inner, outer] = await spansOf(() =>
      inSpan('hint', plain, () => {
        const { traceparent = '' } = currentOrigin()
        return continueFrom(
          { traceparent: traceparent.replace(/-[0-9a-f]{16}-/, '-00f067aa0ba902b7-') },
          () => inSpan('turn', plain, nothing),
        )
      }),
    )
    expect(inner?.parentSpanId).toBe(outer?.spanId)
  })

  it.each([
    'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    'from somebody',
    undefined,
  ])('begins a trace where there is none to go on from: %s', async (traceparent) => {
    const [span] = await spansOf(() => continueFrom({ traceparent }, () => inSpan('turn', plain, nothing)))
    expect(span?.parentSpanId).toBeUndefined()
  })

  it('S18: says what has failed, without the numbers in it', async () => {
    const failing = inSpan.bind(undefined, 'send', plain, async () => {
      throw new TypeError('Key (phone)=(15550100001) exists')
    })
    const [span] = await spansOf(() => failing().catch(nothing))
    expect(span).toMatchObject({ error: 'Key (phone)=(…) exists', attributes: { 'error.type': 'TypeError' } })
  })

  it('has the place in the trace in every line of the log, and in the headers of a request', async () => {
    await using _tracing = await tracingTo(collector.url)
    await continueFrom({ traceparent: TRACEPARENT, correlationId: 'request-1' }, () =>
      inSpan('send', plain, async () => {
        expect(logFields()).toEqual({
          correlationId: 'request-1',
          traceId: TRACE,
          spanId: expect.stringMatching(/^[0-9a-f]{16}$/),
        })
        expect(originOfRequest(originHeaders())).toEqual(currentOrigin())
      }),
    )
  })

  it('follows each message of a batch for itself', async () => {
    const [span] = await spansOf(async () => {
      const opened = openSpan('process', plain, { traceparent: TRACEPARENT })
      expect(opened?.traceparent).toMatch(`00-${TRACE}-`)
      opened?.end()
    })
    expect(span).toMatchObject({ name: 'process', parentSpanId: '00f067aa0ba902b7' })
  })

  it.each([
    ['always_on', 1, TRACEPARENT, 1],
    ['always_off', 1, TRACEPARENT, 0],
    ['parentbased_always_off', 1, undefined, 0],
    ['parentbased_always_off', 1, TRACEPARENT, 1],
    ['parentbased_always_on', 1, TRACEPARENT.replace(/01$/, '00'), 0],
    ['parentbased_traceidratio', 0, undefined, 0],
    ['traceidratio', 1, undefined, 1],
  ] as const)(
    'keeps what the sampler says: %s of %d, after %s: %d',
    async (sampler, ratio, traceparent, kept) => {
      const work = () => continueFrom({ traceparent }, () => inSpan('turn', plain, nothing))
      expect(await spansOf(work, sampler, ratio)).toHaveLength(kept)
    },
  )
})

describe('without a collector', () => {
  it('there is no span, and the correlation id is there all the same', async () => {
    await using _tracing = await tracingTo(undefined)
    await continueFrom({ traceparent: TRACEPARENT, correlationId: 'request-1' }, () =>
      inSpan('turn', plain, async (span) => {
        expect(span).toBeUndefined()
        expect(logFields()).toEqual({ correlationId: 'request-1' })
        expect(originHeaders()).toEqual({ 'x-request-id': 'request-1' })
      }),
    )
  })
})

describe('a collector that is not well', () => {
  it('is told of once, and keeps nobody waiting', async () => {
    const lines: string[] = []
    const said = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    await using nobody = await startTraceCollector()
    await nobody[Symbol.asyncDispose]()
    const options = { service: 'sender', instance: 'sender-1', sampler: 'always_on', ratio: 1 } as const
    const tracing = await startTracing({ ...options, endpoint: nobody.url, log: said })
    expect(await inSpan('turn', plain, async () => 'answered')).toBe('answered')
    await eventually(() => lines.length > 0, { what: 'a word about the collector', timeoutMs: 15_000 })
    await tracing[Symbol.asyncDispose]()
    expect(lines).toEqual([expect.stringContaining('traces are lost')])
  }, 20_000)

  it('does not hold up the end of a process when it takes spans and says nothing', async () => {
    await using silent = await startStuckServer('silent')
    const tracing = await tracingTo(silent.url)
    await inSpan('turn', plain, nothing)
    await expect(tracing[Symbol.asyncDispose]()).resolves.toBeUndefined()
    await silent.asked
  })
})
