import { conditionIn, ironyIn, isHedged, questionIn } from './hedged-words.ts'
import { normalize } from './normalize.ts'
import { alternativeIn } from './own-words.ts'

export const REASONS = ['closed', 'wrong_address', 'refused', 'damaged', 'no_access', 'other'] as const
export type Reason = (typeof REASONS)[number]
export type ReportKind = 'arrived' | 'delivered' | 'problem' | 'running_late'

// All compared with normalised words. The first reason that fits counts: "the gate is closed" is about access.
const REASON_WORDS: readonly [Reason, RegExp][] = [
  [
    'no_access',
    /\b(?:no access|(?:can ?t|cannot|couldn ?t|can not|could not) (?:get in|enter|access|reach)|gate (?:is )?(?:locked|closed)|locked (?:gate|door)|no parking|sem acesso|nao (?:consigo|consegui|da para|deu para) entrar|portao (?:esta )?(?:fechado|trancado)|sin acceso|no (?:puedo|pude) entrar|porton (?:esta )?cerrado|reja cerrada)\b/,
  ],
  [
    'wrong_address',
    /\b(?:(?:wrong|bad|incorrect) address|address (?:is |was )?(?:wrong|incorrect|bad)|doesn t live here|moved away|endereco (?:esta |ta )?(?:errado|incorreto)|nao mora|direccion (?:esta )?(?:equivocada|incorrecta|mal)|no vive)\b/,
  ],
  [
    'refused',
    /\b(?:(?:customer|client|they|he|she|receptionist|guard) (?:has |have )?(?:refused|rejected|declined)|refused (?:it|the|by|delivery)|(?:doesn ?t|didn ?t|does not|did not|don ?t) (?:want|accept) (?:it|the|this)|cliente (?:recusou|rejeitou)|(?:recusou|recusaram|rejeitaram)|nao (?:quis|quiseram|quer) (?:receber|aceitar|ficar)?|cliente rechazo|(?:rechazaron|lo rechazo|la rechazo)|no (?:lo |la )?(?:quiso|quisieron|quiere) ?(?:recibir)?)\b/,
  ],
  [
    'damaged',
    /\b(?:damaged|broken|crushed|smashed|leaking|danificad[oa]s?|quebrad[oa]s?|quebrou|amassad[oa]s?|danad[oa]s?|rot[oa]s?|aplastad[oa]s?)\b/,
  ],
  [
    'closed',
    /\b(?:closed|shut|nobody|no one|noone|not (?:at )?home|no answer|not answering|doesn t answer|fechad[oa]s?|ninguem|nao atende\w*|cerrad[oa]s?|nadie|no (?:contesta|responde|abre)n?)\b/,
  ],
]
const NOT_DELIVERED =
  /\b(?:could ?n ?t|can ?t|did ?n ?t|was ?n ?t|not able to|unable to|could not|can not|cannot|did not|was not|not|nao (?:consegui|pude|foi possivel|deu para|deu pra|entreguei)|no (?:pude|pudo|logre|se pudo|fue posible|entregue))\b(?: \S+){0,3}? ?(?:deliver\w*|hand|drop|entreg\w*)\b|\b(?:nao entreguei|no entregue|failed (?:to deliver|delivery)|delivery failed|undelivered)\b/
// That it could not be is a problem; that it was not may only be so for now.
const COULD_NOT =
  /\b(?:could ?n ?t|could not|can ?t|can not|cannot|not able to|unable to|failed|nao (?:consegui|pude|foi possivel|deu)|no (?:pude|pudo|logre|se pudo|fue posible))\b/
const NOT_YET = /\b(?:yet|still|ainda|todavia|aun)\b/
const PROBLEM = /\b(?:problem|issue|problema)\b/
const NO_PROBLEM =
  /\b(?:no|not|isn ?t|wasn ?t|without|nao (?:esta|ta|tem|ha|foi)|nao|sem|sin|no (?:esta|hay|fue)|never|nunca) (?:(?:a|any|the|um|nenhum|ningun|un|is|esta) )*(?:problem|problema|issue|closed|shut|damaged|broken|fechad[oa]|danificad[oa]|quebrad[oa]|cerrad[oa]|danad[oa]|rot[oa])\b/
const DELIVERED =
  /\b(?:delivered|dropped (?:it |them )?off|handed (?:it |them )?over|left (?:it|them|the (?:package|parcel|box|order)s?)|delivery done|entreguei|entregue|entregues|deixei|entregad[oa]s?|lo deje|la deje|deje)\b/
const ARRIVED =
  /\b(?:arrived|i m (?:here|at|outside)|im (?:here|at|outside)|got here|here now|cheguei|chegamos|estou (?:aqui|no local|na porta)|llegue|llegamos|(?:ya )?estoy (?:aqui|en (?:el|la)|afuera))\b/
const RUNNING_LATE =
  /\b(?:late|delayed|running behind|be there (?:at|by|in)|get there (?:at|by|in)|arrive (?:at|by|in)|atrasad[oa]|atrasar|atraso|chego|vou chegar|tarde|retrasad[oa]|retraso|retrasar|demorar\w*|llego|llegare|voy a llegar)\b/

export function reasonIn(text: string): Reason | undefined {
  const words = normalize(text)
  return REASON_WORDS.find(([, pattern]) => pattern.test(words))?.[0]
}

const WHOLE_REPORTS: readonly [ReportKind, RegExp][] = [
  ['delivered', /^(?:delivered|entregad[oa]|(?:ya |ja )?(?:entregue|entreguei))$/],
  ['arrived', /^(?:(?:i (?:have |ve )?)?arrived|(?:ja )?cheguei|(?:ya )?llegue)$/],
]
const NUMBER_IN_REPORT =
  /(?:^| )(?:(?:the|o|a|el|la) )?(?:(?:order|pedido|orden) )?#?([a-z]{0,3}\d{3,12})(?= |$)/

/**
 * A report that is all of the normalised words, with no more than the number of its order: "entregue", "12345 delivered". As
 * `#12345`: a number that is no order's must not find a customer whose name has it.
 */
export function wholeReportIn(words: string): { status: ReportKind; order_ref?: string } | undefined {
  const number = NUMBER_IN_REPORT.exec(words)
  const rest = number ? words.replace(number[0], '').trim() : words
  const [status] = WHOLE_REPORTS.find(([, pattern]) => pattern.test(rest)) ?? []
  if (status === undefined) return undefined
  return number?.[1] === undefined ? { status } : { status, order_ref: `#${number[1]}` }
}

/** What a driver's own words report. `question`: nothing is reported, it is asked for. Not clear: the driver is asked. */
export type ReportReading = { kind: ReportKind | 'question' | undefined; isClear: boolean }

/** `asked`: as which report the words were read. A delivery that did not happen is a problem, whoever reads what into it. */
export function readReport(text: string, asked: ReportKind): ReportReading {
  const words = normalize(text)
  if (questionIn(stated(text)) || ASKS.test(words)) return { kind: 'question', isClear: false }
  const isFailure = NOT_DELIVERED.test(words)
  const speaksOfProblem = isFailure || PROBLEM.test(words) || reasonIn(text) !== undefined
  const kind = isFailure || (speaksOfProblem && !DELIVERED.test(words)) ? 'problem' : asked
  switch (kind) {
    case 'problem': {
      const plain = words.replaceAll(/\b(?:can ?t|cannot|could ?n ?t|could not|can not)\b/g, ' ')
      const isDoubtful = conditionIn(plain) || ironyIn(text) || NO_PROBLEM.test(words)
      const mayBeJustNow =
        isFailure && reasonIn(text) === undefined && (NOT_YET.test(words) || !COULD_NOT.test(words))
      return { kind, isClear: speaksOfProblem && !isDoubtful && !mayBeJustNow }
    }
    case 'delivered':
      return { kind, isClear: DELIVERED.test(words) && isPlain(text) && !speaksOfProblem }
    case 'arrived':
      return { kind, isClear: ARRIVED.test(words) && isPlain(text) }
    case 'running_late':
      return { kind, isClear: RUNNING_LATE.test(words) && isPlain(text) }
  }
}

// "Ya llegué" says so, and the Portuguese "no" after a verb is "at the".
const ALREADY =
  /^(?:ya|ja|já) (?=(?:cheguei|entreguei|deixei|estou|llegu[eé]|entregu[eé]|estoy|lo dej[eé]|la dej[eé]|voy|vou)(?:\s|$))/iu
const AT_THE =
  /(?<=(?:^|\s)(?:cheguei|chegamos|entreguei|entregue|deixei|deixado|estou|aqui|atrasar|atrasad[oa]|minutos|\d+)\s)no(?=\s)/giu
const OPENING = /^(?:est[aá]|he|fue|foi) /iu
const ASKS = /^(?:am i|are we|where|which|onde|donde|em que|em quais|en que|en cuales|a que)\b/
const HAVE_NOT = /\b(?:have|has|had|was|were|did|does|is|are) ?n ?t\b/

function stated(text: string): string {
  return text.trim().replace(ALREADY, '').replace(OPENING, '')
}

function isPlain(text: string): boolean {
  const words = normalize(text)
  return !HAVE_NOT.test(words) && !isHedged(stated(text).replaceAll(AT_THE, ' ')) && !alternativeIn(words)
}

export type Delay = { minutes: number } | { eta: number }
const NUMBER_WORDS: Readonly<Record<string, number>> = {
  ...{ five: 5, ten: 10, fifteen: 15, twenty: 20, thirty: 30, forty: 40, fifty: 50 },
  ...{ cinco: 5, dez: 10, diez: 10, quinze: 15, quince: 15, vinte: 20, veinte: 20 },
  ...{ trinta: 30, treinta: 30, quarenta: 40, cuarenta: 40, cinquenta: 50, cincuenta: 50 },
}
const DELAY_MINUTES_MAX = 12 * 60

/** How late, or when instead (ms), as the words say it; a time is the next one that a clock where the driver is will show. */
export function delayIn(text: string, now: { at: number; wallClock: string }): Delay | undefined {
  const words = normalize(text)
  const minutes = minutesIn(words)
  if (minutes !== undefined) return minutes > 0 && minutes <= DELAY_MINUTES_MAX ? { minutes } : undefined
  const clock =
    /\b(?:at|by|around|till|until|a las?|as|ate as|hasta las?|pelas|eta) (\d{1,2})(?: ?h)?(?: (\d{2}))?(?: ?(am|pm|a m|p m|da tarde|da noite|da manha|de la tarde|de la noche|de la manana))?\b/.exec(
      words,
    )
  if (!clock) return undefined
  const [hour, minute] = [Number(clock[1]), Number(clock[2] ?? 0)]
  if (hour > 23 || minute > 59) return undefined
  const half = clock[3]
  const isAfternoon = half !== undefined && /^p|tarde|noite|noche/.test(half)
  const minutesOfDay =
    (isAfternoon && hour < 12 ? hour + 12 : half && !isAfternoon && hour === 12 ? 0 : hour) * 60 + minute
  const [nowHour = 0, nowMinute = 0] = now.wallClock.split(':').map(Number)
  const round = half === undefined && hour <= 12 ? 12 * 60 : 24 * 60
  const ahead = (((minutesOfDay - nowHour * 60 - nowMinute) % round) + round) % round
  if (ahead > DELAY_MINUTES_MAX) return undefined
  return { eta: Math.floor(now.at / 60_000) * 60_000 + ahead * 60_000 }
}

function minutesIn(words: string): number | undefined {
  if (/\b(?:hora e meia|hora y media|hour and a half)\b/.test(words)) return 90
  if (/\b(?:half an hour|half hour|meia hora|media hora)\b/.test(words)) return 30
  if (/\b(?:quarter of an hour|cuarto de hora)\b/.test(words)) return 15
  if (/\b(?:an|one|uma|una) (?:hour|hora)\b/.test(words)) return 60
  const minutes = /\b(\d{1,3}|[a-z]+) ?(?:min|mins|minutes?|minutos?)\b/.exec(words)?.[1]
  const count = minutes === undefined ? undefined : (NUMBER_WORDS[minutes] ?? Number(minutes))
  if (count !== undefined && Number.isInteger(count)) return count
  const hours = /\b(\d{1,2}) ?(?:h|hours?|horas?)(?! \d)\b/.exec(words)
  return hours && !/\b(?:a las?|as|at|by) \d/.test(words) ? Number(hours[1]) * 60 : undefined
}

const PLACE =
  /\b(?:at|by|in|with|on) the (?:front |back )?(?:door|porch|gate|lobby|reception|front desk|desk|mailbox|garage|entrance|neighbou?r s?)\b|\b(?:na|no) (?:portaria|porta|recepcao|garagem|entrada)\b|\ben (?:la|el) (?:puerta|porteria|recepcion|garaje|entrada|porton)\b/
/** Where it was left, in the driver's words. */
export function placeIn(text: string): string | undefined {
  return PLACE.exec(normalize(text))?.[0]
}
