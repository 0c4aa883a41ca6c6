import type { Intent } from './fast-path.ts'
import { normalize, numberIn } from './normalize.ts'
import { isClearAcceptance, isClearRefusal } from './route-words.ts'

// For when the model can't be reached: the common requests in three languages, compared with normalised words.
const CONFIRM = /\b(?:confirm(?:s|ed|ing|o|a|ar|ado)?|accept|aceito|aceitar|acepto|aceptar)\b/
const TOMORROW = /\b(?:tomorrow|amanha|manana)\b/
const NEXT = /\b(?:next|proxim[oa]s?|siguientes?)\b/
const HELP = /\b(?:help|ajuda|ajudar|ayuda|ayudar|what can you do|o que voce faz|que puedes hacer)\b/
const DETAILS =
  /\b(?:details?|detalhes?|detalles?|address|endereco|direccion|instructions?|instruc\w+|items?|itens|articulos|notes?|info|where is|onde (?:fica|e)|donde (?:esta|queda|es)|about|sobre)\b/
const ORDERS =
  /\b(?:orders?|deliver(?:y|ies)|stops?|routes?|schedule|list|pedidos?|entregas?|paradas?|rotas?|rutas?|ordenes|agenda|lista)\b/
const FILLER =
  /\b(?:please|por favor|the|my|of|for|is|what|where|show|me|give|i|an?|o|os|as?|do|da|de|del|el|la|los|las|meu|minha|mi|um|uma|qual|cual|e|es|order|pedido|orden|stop|parada|number|numero|today|hoje|hoy|want|to|quero|quiero|yes|sim|si)\b/g

/** A small classifier for the common requests. What it does not know for sure it does not guess. */
export function classifyByRules(text: string): Intent | undefined {
  const words = normalize(text)
  if (isClearRefusal(text)) return { do: 'tool', name: 'decline_route', args: {} }
  if (/\b(?:accept|aceit|acept)/.test(words) && isClearAcceptance(text))
    return { do: 'tool', name: 'accept_route', args: {} }
  if (CONFIRM.test(words)) return withRef('confirm_order', words.replace(CONFIRM, ' '))
  if (TOMORROW.test(words) && (ORDERS.test(words) || DETAILS.test(words))) {
    return { do: 'tool', name: 'get_orders', args: { day: 'tomorrow' } }
  }
  if (NEXT.test(words)) return { do: 'tool', name: 'get_next_order', args: {} }
  const isAboutOne = DETAILS.test(words) || (ORDERS.test(words) && /#?\d/.test(words))
  if (isAboutOne) {
    const intent = withRef('get_order_details', words.replace(DETAILS, ' '))
    if (intent.args.order_ref !== undefined) return intent
  }
  if (HELP.test(words)) return { do: 'tool', name: 'help', args: {} }
  if (ORDERS.test(words)) return { do: 'tool', name: 'get_orders', args: {} }
  return undefined
}

function withRef(name: string, words: string): Intent & { do: 'tool' } {
  const number = /#?([a-z]*\d{3,})\b/.exec(words)?.[1]
  if (number !== undefined) return { do: 'tool', name, args: { order_ref: number } }
  const place = numberIn(words)
  if (place !== undefined) return { do: 'tool', name, args: { order_ref: String(place) } }
  const rest = words
    .replaceAll(FILLER, ' ')
    .replaceAll(/[^\p{L}\p{N} ]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return { do: 'tool', name, args: rest.length >= 3 ? { order_ref: rest.slice(0, 100) } : {} }
}
