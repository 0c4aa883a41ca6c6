import { acceptRoute } from './accept-route.ts'
import { answerQuestion } from './answer-question.ts'
import { attachProof } from './attach-proof.ts'
import { confirmOrder } from './confirm-order.ts'
import { declineRoute } from './decline-route.ts'
import { getNextOrder } from './get-next-order.ts'
import { getOrderDetails } from './get-order-details.ts'
import { getOrders } from './get-orders.ts'
import { help } from './help.ts'
import { reportStatus } from './report-status.ts'
import { requestHuman } from './request-human.ts'
import { setLanguage } from './set-language.ts'
import { smallTalk } from './small-talk.ts'
import type { Tool } from './tool.ts'

/** Every tool, in the order in which the model sees them: a change of it changes the cached prefix. */
export const TOOLS: readonly Tool[] = [
  getOrders,
  getNextOrder,
  getOrderDetails,
  confirmOrder,
  acceptRoute,
  declineRoute,
  reportStatus,
  answerQuestion,
  requestHuman,
  setLanguage,
  smallTalk,
  attachProof,
  help,
]

export function toolNamed(name: string): Tool | undefined {
  return TOOLS.find((tool) => tool.name === name)
}
