import type { ConsentReplies } from './consent-replies.ts'

export const pt: ConsentReplies = {
  optedOut: ({ start }) =>
    `🔕 Certo, não escrevo mais sem você pedir: nada de check-ins, lembretes ou novidades de pedidos. Continuo respondendo ao que você escrever, e a central já sabe.\n\nPara voltar a receber, escreva ${start}.`,
  optedIn: ({ stop }) =>
    `🔔 Certo, volto a escrever para você: check-ins, lembretes e novidades dos seus pedidos. Para parar, escreva ${stop}.`,
}
