import type { Language } from '../session/session.ts'

// Everything here is compared with normalised words: lower case, without accents and punctuation.

export const YES = new Set(
  'yes|y|yeah|yep|yup|sure|of course|correct|confirm|confirmed|i confirm|yes please|yes confirm|do it|go ahead|ok|okay|k|sim|s|claro|com certeza|isso|pode|pode confirmar|confirmo|confirmar|sim confirmo|sim confirmar|sim pode|beleza|certo|si|si confirmo|si confirmar|por supuesto|dale|vale|correcto|de acuerdo|👍|👌|✅|🆗|💯'.split(
    '|',
  ),
)

export const NO = new Set(
  'no|n|nope|nah|no thanks|not now|dont|do not|nao|nao obrigado|nao obrigada|agora nao|no gracias|ahora no|mejor no|👎|❌|🚫|🙅'.split(
    '|',
  ),
)

export const GREETINGS = new Set(
  'hi|hello|hey|hi there|hello there|good morning|good afternoon|good evening|start|oi|ola|opa|e ai|bom dia|boa tarde|boa noite|oi bom dia|ola bom dia|hola|buenas|buenos dias|buenas tardes|buenas noches|que tal|👋'.split(
    '|',
  ),
)

export const THANKS = new Set(
  'thanks|thank you|thx|ty|thanks a lot|thank you very much|great|great thanks|cool|perfect|ok thanks|ok thank you|obrigado|obrigada|muito obrigado|muito obrigada|valeu|vlw|ok obrigado|ok obrigada|gracias|muchas gracias|mil gracias|ok gracias|perfecto|perfeito|ok|okay|k|beleza|certo|vale|🙏|👍|👌|❤'.split(
    '|',
  ),
)

/** Whole messages that need no reading. */
export const COMMANDS: ReadonlyMap<string, 'get_orders' | 'get_next_order' | 'help' | 'request_human'> =
  new Map([
    ...'orders|my orders|order list|todays orders|pedidos|meus pedidos|mis pedidos|ordenes|mis ordenes'
      .split('|')
      .map((phrase) => [phrase, 'get_orders'] as const),
    ...'next|next stop|next order|what s next|whats next|proximo|proxima|proxima parada|proximo pedido|qual a proxima|qual o proximo|qual e a proxima|qual e o proximo|seguinte|siguiente|siguiente parada|siguiente pedido|cual sigue|que sigue|cual es la siguiente|cual es el siguiente'
      .split('|')
      .map((phrase) => [phrase, 'get_next_order'] as const),
    ...'human|person|a person|agent|dispatcher|operator|talk to a person|talk to a human|talk to someone|talk to dispatch|call me|pessoa|uma pessoa|atendente|despachante|falar com alguem|falar com uma pessoa|falar com atendente|falar com a central|me liga|me liga por favor|persona|una persona|agente|operador|hablar con alguien|hablar con una persona|hablar con la central|llamame|llamenme'
      .split('|')
      .map((phrase) => [phrase, 'request_human'] as const),
    ...'help|menu|ajuda|ayuda'.split('|').map((phrase) => [phrase, 'help'] as const),
  ])

/** Whole messages that are no work at all. */
export const SMALL_TALK: ReadonlyMap<string, 'how_are_you' | 'goodbye' | 'joke' | 'praise' | 'complaint'> =
  new Map([
    ...'how are you|how are you doing|how s it going|hows it going|whats up|sup|tudo bem|tudo bom|tudo certo|como vai|como voce esta|como estas|como esta|como te va|que onda'
      .split('|')
      .map((phrase) => [phrase, 'how_are_you'] as const),
    ...'bye|goodbye|bye bye|see you|see you later|good night|tchau|ate logo|ate mais|ate amanha|falou|adios|chau|chao|hasta luego|hasta manana|nos vemos'
      .split('|')
      .map((phrase) => [phrase, 'goodbye'] as const),
    ...'tell me a joke|a joke|joke|me conta uma piada|conta uma piada|piada|cuentame un chiste|un chiste|chiste'
      .split('|')
      .map((phrase) => [phrase, 'joke'] as const),
    ...'well done|good job|good bot|nice|you are great|you re great|you are the best|muito bem|muito bom|mandou bem|voce e demais|muy bien|bien hecho|eres genial|eres el mejor'
      .split('|')
      .map((phrase) => [phrase, 'praise'] as const),
    ...'you are useless|you re useless|useless|stupid bot|bad bot|you are stupid|voce e inutil|robo burro|inutil|eres inutil|no sirves|no sirves para nada'
      .split('|')
      .map((phrase) => [phrase, 'complaint'] as const),
  ])

const TELLING: Record<Language, ReadonlySet<string>> = {
  en: new Set(
    'the my is are what where when how which do does have today please hi hello hey thanks thank you next stop order orders help'.split(
      ' ',
    ),
  ),
  pt: new Set(
    'o os meu meus minha minhas qual quais onde quando hoje voce tenho oi ola obrigado obrigada proximo nao sim e ajuda parada entregas bom dia boa tarde noite do da'.split(
      ' ',
    ),
  ),
  es: new Set(
    'el los mi mis cual cuales donde cuando hoy usted tengo hola gracias siguiente si y ayuda parada buenos dias buenas tardes noches del que es son'.split(
      ' ',
    ),
  ),
}

/** By telling words. `undefined` when no language is ahead. */
export function guessLanguage(normalized: string): Language | undefined {
  const said = normalized.split(' ')
  const scores = (['en', 'pt', 'es'] as const)
    .map((language) => ({ language, score: said.filter((word) => TELLING[language].has(word)).length }))
    .sort((a, b) => b.score - a.score)
  const [best, second] = scores
  return best && second && best.score > second.score ? best.language : undefined
}
