import { normalize } from './normalize.ts'

const NEGATION =
  /\b(?:not|no|dont|don t|cant|can t|cannot|won t|wont|never|nao|nunca|jamais|sem|sin|tampoco|nem|ni|isn t|refuse|decline|reject|recuso|rechazo|unconfirm|desconfirm\w*|cancel\w*)\b/
const CONDITION =
  /\b(?:if|unless|when|maybe|perhaps|should|could|would|can|may|se|caso|talvez|quando|devo|posso|quiza|quizas|tal vez|cuando|debo|puedo|later|depois|despues|luego|wait|espera|espere)\b/
const QUESTION =
  /^(?:did|do|does|have|has|is|are|was|what|which|who|why|how|when|where|ja|qual|quais|que|quem|por que|porque|como|foi|esta|ya|cual|cuales|quien|fue|he|hay)\b/

/**
 * A negation, a condition, a doubt or a question: words that never confirm anything, whatever else they say.
 * Errs towards asking: a question too many costs a tap, a confirmation too many costs a customer.
 */
export function isHedged(words: string): boolean {
  const said = normalize(words)
  return (
    /[?¿]|(?:^|\s)si(?:\s|$)/i.test(words) ||
    NEGATION.test(said) ||
    CONDITION.test(said) ||
    QUESTION.test(said)
  )
}
