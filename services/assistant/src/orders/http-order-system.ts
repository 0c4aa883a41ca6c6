import { fetchAtMost } from '@waybill/resilience'
import { z } from 'zod'
import {
  ComeBackLaterError,
  type ConfirmOutcome,
  type OrderSystem,
  type ProofOfDelivery,
  type StatusReport,
} from './order-system.ts'

const fetchAnswer = fetchAtMost(1024 ** 2, { name: 'orders', isOurs: true })

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined)
const place = z
  .number()
  .nullish()
  .transform((value) => value ?? undefined)

/** Fields that nobody knows are left out here, so that nothing unknown reaches a driver. */
export const orderSchema = z.object({
  // As long as it may be where a driver names it, and where a button carries it.
  id: z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1).max(100)),
  customer: z.object({ name: z.string(), phone: text }),
  address: z.object({ line: z.string(), lat: place, lng: place, map_url: text.catch(undefined) }),
  window: z.object({ start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }) }),
  status: z.string(),
  sequence: z.number(),
  instructions: text,
  items: z.array(z.object({ name: z.string(), quantity: z.number() })).default([]),
  notes: text,
})
const line = z.string().trim().min(1)
const dayOfOrdersSchema = z.object({
  driver_id: z.string().optional(),
  orders: z.array(orderSchema),
  // An order system with another idea of these two still has a day of orders.
  notes: line.optional().catch(undefined),
  weather: z
    .union([line, z.record(z.string(), line)])
    .optional()
    .catch(undefined),
})

type Request = {
  method?: 'POST' | 'PUT'
  headers?: Record<string, string>
  body?: string | Uint8Array<ArrayBuffer>
  signal: AbortSignal
}

/** Speaks the contract in README.md: bearer token, `Idempotency-Key` on writes. */
export function httpOrderSystem({ baseUrl, token }: { baseUrl: string; token: string }): OrderSystem {
  const base = baseUrl.replace(/\/+$/, '')

  async function request(path: string, init: Request): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', ...init.headers }
    return await fetchAnswer(`${base}${path}`, { ...init, headers })
  }

  async function write(
    path: string,
    { body, idempotencyKey, signal }: { body: object; idempotencyKey: string; signal: AbortSignal },
  ): Promise<ConfirmOutcome> {
    const response = await request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify(body),
      signal,
    })
    const answer = await readJson(response).catch(() => undefined)
    return confirmOutcomeOf(response.status, answer, response.headers.get('retry-after'))
  }

  return {
    async dayOf(driverId, date, signal) {
      const query = new URLSearchParams({ date })
      const response = await request(
        `/drivers/${encodeURIComponent(driverId)}/orders/today?${query.toString()}`,
        {
          signal,
        },
      )
      const body = await readJson(response)
      if (response.status === 404) return { orders: [] }
      if (!response.ok) throw new Error(`order system answered ${response.status}`)
      const { driver_id, orders, notes, weather } = dayOfOrdersSchema.parse(body)
      if (driver_id !== undefined && driver_id !== driverId)
        throw new Error('order system answered for another driver')
      const distinct = new Map(orders.map((order) => [order.id, order]))
      return { orders: [...distinct.values()].sort((a, b) => a.sequence - b.sequence), notes, weather }
    },

    confirm: ({ driverId, orderId, idempotencyKey }, signal) =>
      write(`/drivers/${encodeURIComponent(driverId)}/orders/confirm`, {
        ...{ body: { order_ref: orderId }, idempotencyKey, signal },
      }),

    decideRoute({ driverId, date, decision, idempotencyKey }, signal) {
      const body = decision.kind === 'decline' ? { reason: decision.reason } : {}
      const path = `/drivers/${encodeURIComponent(driverId)}/routes/${date}/${decision.kind}`
      return write(path, { body, idempotencyKey, signal })
    },

    reportStatus({ driverId, orderId, idempotencyKey, ...report }, signal) {
      const order = `${encodeURIComponent(driverId)}/orders/${encodeURIComponent(orderId)}`
      return write(`/drivers/${order}/status`, { body: statusBody(report), idempotencyKey, signal })
    },

    async putProofFile({ driverId, proofId, sha256, contentType, bytes }, signal) {
      const path = `/drivers/${encodeURIComponent(driverId)}/proofs/${proofId}/files/${sha256}`
      const headers = { 'content-type': contentType }
      const response = await request(path, {
        ...{ method: 'PUT', headers, body: new Uint8Array(bytes), signal },
      })
      const answer = await readJson(response).catch(() => undefined)
      return confirmOutcomeOf(response.status, answer, response.headers.get('retry-after'))
    },

    attachProof({ driverId, orderId, idempotencyKey, ...proof }, signal) {
      const order = `${encodeURIComponent(driverId)}/orders/${encodeURIComponent(orderId)}`
      return write(`/drivers/${order}/proofs`, { body: proofBody(proof), idempotencyKey, signal })
    },
  }
}

// To the order system a problem is a delivery that failed, with a reason.
function statusBody(report: Omit<StatusReport, 'driverId' | 'orderId' | 'idempotencyKey'>) {
  const { status, reason, place, minutesLate, eta, note, at } = report
  return {
    status: status === 'problem' ? 'failed' : status,
    reported_at: new Date(at).toISOString(),
    ...(reason === undefined ? {} : { reason }),
    ...(place === undefined ? {} : { place }),
    ...(report.with === undefined ? {} : { with: report.with }),
    ...(minutesLate === undefined ? {} : { minutes_late: minutesLate }),
    ...(eta === undefined ? {} : { eta: new Date(eta).toISOString() }),
    ...(note === undefined ? {} : { note }),
  }
}

function proofBody({
  proofId,
  place,
  distanceM,
  parts,
}: Pick<ProofOfDelivery, 'proofId' | 'place' | 'distanceM' | 'parts'>) {
  return {
    proof_id: proofId,
    location: place ?? null,
    distance_m: distanceM ?? null,
    parts: parts.map((part) => ({
      kind: part.kind,
      device_time: new Date(part.sentAt).toISOString(),
      ...(part.kind === 'location'
        ? { latitude: part.latitude, longitude: part.longitude }
        : {
            ...{ sha256: part.sha256, content_type: part.contentType, size: part.sizeBytes },
            ...(part.caption === undefined ? {} : { caption: part.caption }),
          }),
    })),
  }
}

// 401 is about our token, not about the order: the driver's word waits until somebody has put it right.
const TRANSIENT_4XX = new Set([401, 408, 425, 429])

export function confirmOutcomeOf(status: number, body: unknown, retryAfter: string | null): ConfirmOutcome {
  if (status >= 200 && status < 300) return { kind: 'done' }
  const isFinal = status >= 400 && status < 500 && !TRANSIENT_4XX.has(status)
  if (!isFinal) {
    const delayMs = retryAfterMs(retryAfter)
    const message = `order system answered ${status}`
    throw delayMs === undefined ? new Error(message) : new ComeBackLaterError(message, delayMs)
  }
  if (status === 409 && /already[ _-]?confirmed/i.test(JSON.stringify(body ?? ''))) return { kind: 'done' }
  return { kind: 'rejected', reason: `order system answered ${status}` }
}

function retryAfterMs(header: string | null): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - Date.now()
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}

async function readJson(response: Response): Promise<unknown> {
  const body = await response.text()
  if (body === '' || !response.ok) return parseLeniently(body)
  return JSON.parse(body)
}

function parseLeniently(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
