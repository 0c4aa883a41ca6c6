import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Stats } from '../stats.ts'
import type { Fault, PlannedError, Upstream } from './fault-plan.ts'
import type { Faults } from './faults.ts'

type Options = {
  upstream: Upstream
  faults: Faults
  stats: Stats
  operationOf: (request: FastifyRequest) => string
  /** The upstream's own shape of an error. */
  errorBody: (error: { status: number; code?: number | string; message: string }) => unknown
}

const FALLBACK_ERROR: PlannedError = { status: 500 }

/** Lets every call to the routes of `app` run through the faults of its upstream, and counts it. */
export function applyFaults(app: FastifyInstance, options: Options): void {
  const { upstream, faults, stats, operationOf, errorBody } = options
  const planned = new WeakMap<FastifyRequest, Fault>()

  // After the body is parsed, because the operation may depend on it; before the token is looked at.
  app.addHook('preValidation', async (request, reply) => {
    const operation = operationOf(request)
    const { delayMs, fault } = faults.next(upstream, operation)
    planned.set(request, fault)
    if (fault.kind === 'down') {
      stats.count(upstream, operation, 'down')
      return drop(request, reply)
    }
    if (fault.kind === 'hang') {
      stats.count(upstream, operation, 'hang')
      reply.hijack()
      faults.hang(request.raw.socket)
      return reply
    }
    if (delayMs > 0) await delay(delayMs)
    if (fault.kind === 'error') return sendError(reply, fault.error ?? FALLBACK_ERROR)
    return undefined
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const kind = planned.get(request)?.kind
    if (reply.statusCode >= 300) return payload
    if (kind === 'accept-then-reset') {
      request.raw.socket.destroy()
      return payload
    }
    if (kind === 'accept-then-hang') return new Promise<never>(() => {}) // until the client gives up
    if (kind === 'accept-then-fail') {
      reply.code(500)
      return JSON.stringify(errorBody({ status: 500, message: 'Something went wrong' }))
    }
    if (kind === 'malformed' && typeof payload === 'string') {
      return payload.slice(0, Math.ceil(payload.length / 2))
    }
    if (kind === 'miscounts' && typeof payload === 'string') return withWrongNumbers(payload)
    return payload
  })

  app.addHook('onResponse', async (request, reply) => {
    const kind = planned.get(request)?.kind
    const injected = kind === undefined || kind === 'none' ? '' : ` ${kind}`
    stats.count(upstream, operationOf(request), `${reply.statusCode}${injected}`)
  })

  function sendError(reply: FastifyReply, { status, code, message, headers, body }: PlannedError) {
    const error = {
      status,
      ...(code === undefined ? {} : { code }),
      message: message ?? 'Something went wrong',
    }
    return reply
      .code(status)
      .headers(headers ?? {})
      .type('application/json')
      .send(typeof body === 'string' ? body : JSON.stringify(body ?? errorBody(error)))
  }
}

/** The words of a model with every digit one up; the rest of the answer is left as it is. */
function withWrongNumbers(payload: string): string {
  const content = /(?<="content":")(?:[^"\\]|\\.)*(?=")/
  return payload.replace(content, (words) =>
    words.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10)),
  )
}

function drop(request: FastifyRequest, reply: FastifyReply) {
  reply.hijack()
  request.raw.socket.destroy()
  return reply
}
