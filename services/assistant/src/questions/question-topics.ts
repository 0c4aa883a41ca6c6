import { normalize } from '../understand/normalize.ts'

/** What a question about an order is about. `access`: how to get in; `policy`: about no order, but how things are done. */
export const TOPICS = ['access', 'notes', 'items', 'window', 'address', 'contact', 'policy'] as const
export type Topic = (typeof TOPICS)[number]

// Words of the three languages, normalised. Each group is one thing: "gate code" is a gate and a code.
const THINGS: readonly RegExp[] = [
  /\b(?:codes?|pin|password|codigos?|senha|clave|contrasena)\b/,
  /\b(?:gate|portao|porton|verja)\b/,
  /\b(?:buzzer|intercom|doorbell|bell|interfone|campainha|timbre|interfono)\b/,
  /\b(?:keys?|lockbox|key box|chaves?|llaves?)\b/,
  /\b(?:park|parking|estacionar|estacionamento|estacionamiento|aparcar|vaga)\b/,
  /\b(?:dock|loading bay|ramp|doca|rampa|muelle)\b/,
  /\b(?:entrance|back door|side door|entrada|porta dos fundos|puerta trasera)\b/,
  /\b(?:elevator|lift|floor|elevador|andar|ascensor|piso)\b/,
  /\b(?:dogs?|cachorros?|cao|perros?)\b/,
  /\b(?:signature|sign|assinatura|assinar|firma|firmar)\b/,
]
const WORDS: readonly (readonly [Topic, RegExp])[] = [
  [
    'policy',
    /\b(?:what (?:if|happens)|what (?:do|should) i do|am i allowed|may i|do i (?:have|need) to|how do i|e se|o que (?:eu )?(?:faco|acontece)|posso|devo|preciso|como faco|y si|que (?:hago|pasa)|puedo|debo|tengo que|como hago)\b/,
  ],
  [
    'items',
    /\b(?:items?|boxes|packages|how many|how heavy|weight|whats in|what is in|itens|caixas|volumes|quantos|quantas|peso|articulos|cajas|bultos|cuantos|cuantas)\b/,
  ],
  [
    'window',
    /\b(?:what time|until when|when|time window|by when|que horas|ate que horas|quando|horario|que hora|hasta que hora|cuando)\b/,
  ],
  [
    'contact',
    /\b(?:phone|telephone|call the customer|number of the customer|telefone|ligar para o cliente|telefono|llamar al cliente)\b/,
  ],
  ['address', /\b(?:address|where is|where exactly|endereco|onde fica|direccion|donde (?:esta|queda))\b/],
  ['notes', /\b(?:notes?|instructions?|remarks?|special|notas?|observac\w+|instruc\w+|recado)\b/],
]

/** By the driver's words. `undefined`: they don't tell. */
export function topicOf(words: string): Topic | undefined {
  const said = normalize(words)
  const [first] = WORDS.filter(([, pattern]) => pattern.test(said))
  if (first?.[0] === 'policy') return 'policy'
  return thingsIn(said).length > 0 ? 'access' : first?.[0]
}

/** Whether a text speaks of any of the things that were asked for; `true` when nothing in particular was. */
export function speaksOf(text: string, words: string): boolean {
  const asked = thingsIn(normalize(words))
  const said = normalize(text)
  return asked.length === 0 || asked.some((thing) => thing.test(said))
}

const thingsIn = (said: string) => THINGS.filter((thing) => thing.test(said))
