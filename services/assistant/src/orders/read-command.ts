import { z } from 'zod'
import { orderRefOf } from '../replies/buttons.ts'
import { REPLIES } from '../replies/replies.ts'
import { languageSchema, reportSchema } from '../session/session.ts'
import type { ConfirmOutcome } from './order-system.ts'
import type { ReachableOrders } from './reach-order-system.ts'
import type { SendProof } from './send-proof.ts'

export type Writes = Pick<ReachableOrders, 'confirm' | 'decideRoute' | 'reportStatus'> & {
  sendProof: SendProof
}

/** What a recorded word of a driver is to the order system, and what the driver is told when that refuses it. */
export type Command = {
  /** For metrics: one of a few. */
  label: string
  passOn: (writes: Writes, by: { driverId: string; idempotencyKey: string }) => Promise<ConfirmOutcome>
  refusal: string
}

const language = languageSchema.catch('en')
const confirmOrder = z.object({ orderId: z.string().min(1), language })
const acceptRoute = z.object({ date: z.iso.date(), language })
const declineRoute = z.object({ date: z.iso.date(), reason: z.string().min(1), language })
const reportStatus = z.object({ orderId: z.string().min(1), at: z.number(), report: reportSchema, language })
const attachProof = z.object({
  proofId: z.uuid(),
  orderId: z.string().min(1),
  wamids: z.array(z.string()).min(1),
  place: z.object({ latitude: z.number(), longitude: z.number() }).optional(),
  distanceM: z.number().optional(),
  language,
})

/** `undefined` for a kind that is not known here, and for what is not its payload. */
export function readCommand(kind: string, payload: unknown): Command | undefined {
  switch (kind) {
    case 'confirm-order': {
      const { data } = confirmOrder.safeParse(payload)
      return (
        data && {
          label: kind,
          passOn: ({ confirm }, by) => confirm({ ...by, orderId: data.orderId }),
          refusal: REPLIES[data.language].confirm.rejected({ ref: orderRefOf({ id: data.orderId }) }),
        }
      )
    }
    case 'accept-route': {
      const { data } = acceptRoute.safeParse(payload)
      return (
        data && {
          label: kind,
          passOn: ({ decideRoute }, by) =>
            decideRoute({ ...by, date: data.date, decision: { kind: 'accept' } }),
          refusal: REPLIES[data.language].route.rejected,
        }
      )
    }
    case 'decline-route': {
      const { data } = declineRoute.safeParse(payload)
      return (
        data && {
          label: kind,
          passOn: ({ decideRoute }, by) =>
            decideRoute({ ...by, date: data.date, decision: { kind: 'decline', reason: data.reason } }),
          refusal: REPLIES[data.language].route.rejected,
        }
      )
    }
    case 'report-status': {
      const { data } = reportStatus.safeParse(payload)
      if (!data) return undefined
      const { orderId, at, report } = data
      const { minutes: minutesLate, ...rest } = report
      return {
        label: `report-${report.status}`,
        passOn: ({ reportStatus }, by) => reportStatus({ ...by, ...rest, orderId, at, minutesLate }),
        refusal: REPLIES[data.language].status.rejected({ ref: orderRefOf({ id: orderId }) }),
      }
    }
    case 'attach-proof': {
      const { data } = attachProof.safeParse(payload)
      return (
        data && {
          label: kind,
          passOn: ({ sendProof }, by) => sendProof({ ...by, ...data }),
          refusal: REPLIES[data.language].media.proof.rejected({ ref: orderRefOf({ id: data.orderId }) }),
        }
      )
    }
    default:
      return undefined
  }
}
