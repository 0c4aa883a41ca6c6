import { languageWanted } from '../languages/language-words.ts'
import { conditionIn, ironyIn, isHedged, questionIn, reportIn } from './hedged-words.ts'
import { normalize } from './normalize.ts'
import { alternativeIn, isOwnWord } from './own-words.ts'
import { COMMANDS, GREETINGS, NO, SMALL_TALK, THANKS, YES } from './phrases.ts'

// Whole messages that answer "do you take the route?", as normalised words.
const ACCEPT = new Set(
  '1|1 accept|accept|accepted|i accept|i accept it|i accept the route|accept the route|accept route|i take it|i ll take it|ill take it|i take all|i ll take all|i take them all|ok i take all|ok i ll take all|ok i take them all|ok i accept|yes i accept|all good|i m in|im in|count me in|1 aceito|aceito|eu aceito|aceito a rota|aceitar|sim aceito|ok aceito|topo|eu topo|fechado|bora|1 acepto|acepto|yo acepto|acepto la ruta|aceptar|si acepto|ok acepto|claro que si|de una'.split(
    '|',
  ),
)
const DECLINE = new Set(
  '2|2 decline|decline|declined|i decline|i decline it|i decline the route|decline the route|reject|i refuse|i can t|i cant|i cannot|no i can t|no i cant|2 recuso|recuso|eu recuso|recusar|recuso a rota|nao aceito|nao posso|nao consigo|nao vou poder|2 rechazo|rechazo|rechazar|rechazo la ruta|no acepto|no puedo|no voy a poder'.split(
    '|',
  ),
)

/** What a whole message says about the route that was just asked about. */
export function decisionIn(words: string): 'accept' | 'decline' | undefined {
  if (ACCEPT.has(words) || YES.has(words)) return 'accept'
  return DECLINE.has(words) || NO.has(words) ? 'decline' : undefined
}

const NEVER_MIND =
  /\b(?:never ?mind|forget it|deixa|esquece|esqueca|olvidalo|olvida|after all|changed my mind|wait|hold on|actually|on second thought|espera|espere|aguarda|na verdade|pensando bem|en realidad|pensandolo bien|mejor si|can do it|i can(?! not| t)|posso sim|si puedo|da pra fazer|mudei de ideia|cambie de idea)\b/
const WORDS_OF_REASON = /\p{L}{3,}/u

/** Whether a message can be the answer to "why can't you?": anything but a command, a yes or no, or a question. */
export function isReason(text: string): boolean {
  const words = normalize(text)
  const isSomethingElse =
    COMMANDS.has(words) ||
    GREETINGS.has(words) ||
    THANKS.has(words) ||
    UNDO.has(words) ||
    SMALL_TALK.has(words) ||
    languageWanted(words) !== undefined
  if (isSomethingElse || decisionIn(words) !== undefined || /[?¿]/.test(text)) return false
  return WORDS_OF_REASON.test(words) && !NEVER_MIND.test(words) && !ACCEPTING.test(words)
}

export const UNDO = new Set(
  'undo|undo it|undo that|desfazer|desfaz|desfaca|deshacer|deshazlo|deshaz'.split('|'),
)

const ACCEPTING =
  /\b(?:i accept|accept(?:ing)? (?:the|my|todays?|all|it)|i(?: ll| will)? take (?:it|all|them|everything|the route|my route)|count me in|i m in|aceit(?:o|a|e|ar|amos)|topo|fechado|acept(?:o|a|e|ar|amos))\b/

/** Free words that take the route, and say nothing that could mean otherwise. */
export function isClearAcceptance(text: string): boolean {
  const words = normalize(text)
  if (isHedged(text) || alternativeIn(words) || namesOrder(words)) return false
  return decisionIn(words) === 'accept' || isOwnWord(words, ACCEPTING)
}

// English does not say in the verb who can't: "my brother can't" turns nothing down.
const CANNOT =
  /(?<=^|\b(?:i|we|sorry|today|so|and|hi|hello|hey|morning|boss|but|because|am|m|re|ll) )(?:can ?t|can not|cannot|won ?t be able to|won ?t|will not|not able to)\b|\bnao (?:vou )?(?:posso|poder|consigo|conseguir)\b|\bno (?:puedo|podre|voy a poder)\b/g
const WORK =
  'work|drive|do (?:it|the route|my route|this route|today)|take (?:it|the route|my route|today)|make it|come|accept|trabalhar|dirigir|fazer a rota|ir hoje|vir|aceitar|trabajar|conducir|manejar|hacer la ruta|hacerla|ir hoy|venir|aceptar|today|hoje|hoy'
const DECLINING = new RegExp(
  // In the first person, or as an order to the assistant: "the customer declined" is another matter.
  `(?:\\b(?:i|we|to|must|will|ll|please|ok|yes|no|sorry|hi|hey|hello|morning) |^)(?:declin(?:e|ing)|refus(?:e|ing)|reject(?:ing)?)\\b|\\b(?:CANNOT (?:${WORK})|not (?:available|coming|working)|recuso|recusar|rejeito|rejeitar|nao aceito|rechazar|no acepto|no estoy disponible)\\b`,
)
const SPANISH = /\bno (?:puedo|podre|voy|acepto)\b/
const STARTS_WITH_CANNOT = /^(?:(?:no|nao|sorry|i|im|i m|eu|yo|desculpa|desculpe|perdon|lo siento) )*CANNOT\b/
const UNDECLINING =
  /\b(?:don t|dont|do not|not|never|no|nao|nunca|jamais|CANNOT)(?: (?!(?:i|eu|yo)\b)\w+){0,2} (?:declin\w+|refus\w+|reject\w*|recus\w+|rejeit\w+|rechaz\w+)/

/**
 * Free words that turn the route down, without a condition, a doubt, a question, irony or a second negation.
 * `wasAsked`: right after the question "I can't, …" is about the route, and else about anything.
 */
export function isClearRefusal(text: string, { wasAsked = false } = {}): boolean {
  const said = normalize(text)
  // In Spanish "se" is no condition: "no puedo, se rompió".
  const words = (SPANISH.test(said) ? said.replaceAll(/\bse\b/g, '') : said).replaceAll(CANNOT, 'CANNOT')
  if (questionIn(text) || conditionIn(words) || ironyIn(text) || namesOrder(words)) return false
  if (UNDECLINING.test(words) || reportIn(text) || contradicts(words)) return false
  // Without its accent "rechazo" may be "rechazó".
  return (
    DECLINING.test(words) || isOwnWord(words, /\brechazo\b/) || (wasAsked && STARTS_WITH_CANNOT.test(words))
  )
}

/** "I accept, no, I decline", "either": both at once. What is refused to be accepted is not accepted. */
function contradicts(words: string): boolean {
  const rest = words.replaceAll(
    /\b(?:CANNOT|not|nao|no|never|won t|don t) (?:accept\w*|aceit\w+|acept\w+)/g,
    ' ',
  )
  return /\b(?:either|accept\w*|aceit\w+|acept\w+)\b/.test(rest)
}

// One order is confirmed or reported, not accepted or declined.
const namesOrder = (words: string) => /\b[a-z]*\d{3,}\b/.test(words)

const NO_REASON = new Set(
  'sorry hi hello hey good morning please i im m am ll can t cant cannot not no nope won wont don dont will be able to work working drive driving do doing take make come coming accept decline declining refuse reject available the my this that route routes orders order today tomorrow day it its s all and or for of a an at have got with desculpa desculpe oi ola bom dia boa eu nao posso vou consigo poder aceito aceitar recuso recusar rejeito rota rotas a o as os hoje amanha trabalhar fazer dirigir por favor da pra para e de do meu minha perdon siento lo yo hola buenos dias no puedo voy acepto aceptar rechazo rechazar ruta rutas la el las los hoy manana trabajar hacer conducir disponible estoy mi y'.split(
    ' ',
  ),
)

/** Whether words that turn the route down say more than that. */
export function saysWhy(text: string): boolean {
  const substance = normalize(text)
    .split(' ')
    .filter((word) => word.length >= 3 && !NO_REASON.has(word))
  return (
    substance.length >= 2 ||
    substance.some((word) => word.length >= 4 && !/^(?:because|porque|cause)$/.test(word))
  )
}
