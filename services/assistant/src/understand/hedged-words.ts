import { normalize } from './normalize.ts'

const NEGATION =
  /\b(?:not|no|dont|don t|cant|can t|cannot|won t|wont|never|nao|nunca|jamais|sem|sin|tampoco|nem|ni|isn t|refuse|decline|reject|recuso|rechazo|unconfirm|desconfirm\w*|cancel\w*)\b/
const CONDITION =
  /\b(?:if|unless|when|maybe|perhaps|might|rather|whether|guess|think|suppose|should|could|would|can|may|se|caso|talvez|quando|devo|posso|acho|creio|suponho|quiza|quizas|tal vez|cuando|debo|puedo|creo|supongo|later|depois|despues|luego|wait|espera|espere)\b/
const QUESTION =
  /^(?:did|do|does|have|has|is|are|was|what|which|who|why|how|when|where|ja|qual|quais|que|quem|por que|porque|como|foi|esta|ya|cual|cuales|quien|fue|he|hay)\b/

const IRONY =
  /[🙄😏😒🤣😂🤡🙃]|\b(?:yeah right|as if|lol|ha ?ha\w*|ja ?ja\w*|k{3,}|rs ?rs\w*|sure sure|yeah sure|sure thing buddy|just kidding|joking|brincadeira|broma)\b/u

// Someone else's words, or what words mean.
const REPORTED =
  /\b(?:sa(?:id|ys|ying)|told|tells|tell (?:him|her|them)|wr(?:ote|ites?)|according|means?|disse(?:ram)?|diz(?:em)?|fal(?:ou|aram)|escreveu|mandou|pediu|signific\w+|dijo|dicen?|escribi[oa]\w*|mando|pidio|segun)\b/
const QUOTED = /["“”«»„]/
// With its accent it is somebody else, some time ago: "confirmó".
const THIRD_PERSON = /(?:confirm|acept|rechaz|declin|entreg)ó/i

/** What is said by another than the driver, or only mentioned. */
export const reportIn = (words: string) =>
  QUOTED.test(words) || THIRD_PERSON.test(words.normalize('NFC')) || REPORTED.test(normalize(words))

/** Laughter and the like: what is said need not be what is meant. */
export const ironyIn = (words: string) => IRONY.test(words.toLowerCase()) || IRONY.test(normalize(words))
/** Of normalised words. */
export const conditionIn = (said: string) => CONDITION.test(said)
export const questionIn = (words: string) => /[?¿]/.test(words) || QUESTION.test(normalize(words))

/**
 * A negation, a condition, a doubt, irony, a question or somebody else's words: words that never confirm anything, whatever else they say.
 * Errs towards asking: a question too many costs a tap, a confirmation too many costs a customer.
 */
export function isHedged(words: string): boolean {
  const said = normalize(words)
  return (
    /(?:^|\s)si(?:\s|$)/i.test(words) ||
    NEGATION.test(said) ||
    conditionIn(said) ||
    questionIn(words) ||
    reportIn(words) ||
    ironyIn(words)
  )
}
