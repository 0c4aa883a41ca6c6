import { isHedged } from './hedged-words.ts'
import { normalize } from './normalize.ts'

// Who says it? "I confirm", "please confirm" and "ok, 12345: confirmed by me" are the driver's word; "my boss said
// confirm", "Maria accepts" and "the customer declined" are not. No list of those could ever be complete, so this is
// one of what may come before the verb. Whatever else stands there costs a question, and never a customer.
const MAY_PRECEDE = new Set(
  [
    'i we im m ill ll am will want to would like need have just going gonna let me so then well now here you please pls thanks thank hi hello hey good morning afternoon evening',
    'ok okay k yes y yeah yep sure great perfect fine alright right all done understood of course absolutely definitely boss chief dispatch team waybill friend man mate today',
    'eu nos vou vamos quero queria gostaria de pode podem podes por favor bom boa dia tarde noite oi ola opa sim s claro certo beleza blz tranquilo perfeito combinado com certeza chefe chefia mano amigo irmao hoje entao ja bem',
    'yo nosotros voy vamos a quiero quisiera puedes puede por favor buenos buenas dias tardes noches hola si claro vale dale listo perfecto bueno supuesto acuerdo jefe amigo hoy pues entonces ya bien',
    'the order orders stop number no1 one first second third o os as um uma pedido pedidos parada entrega numero primeiro primeira segundo terceiro terceira el la los las un una orden primero tercero and e y',
  ].flatMap((words) => words.split(' ')),
)
const NUMBER = /^#?[a-z]{0,3}\d+$/
const ALTERNATIVE =
  /\b(?:or|either|ou|but|except|only|mas|pero|menos|exceto|excepto|without|instead|so|apenas|solo|solamente|other|outro|outra|otro|otra)\b|\d{3,} o (?:el |la )?#?[a-z]{0,3}\d{3,}|\b(?:quer dizer|quero dizer|digo|mejor dicho|i mean|correction)\b/

/** Whether the first words that `verb` finds in normalised words are the driver's own. Of those that decide, in the first person. */
export function isOwnWord(words: string, verb: RegExp): boolean {
  const found = verb.exec(words)
  if (!found) return false
  return words
    .slice(0, found.index)
    .split(' ')
    .filter(Boolean)
    .every((word) => MAY_PRECEDE.has(word) || NUMBER.test(word))
}

/** A choice left open, an exception, a correction: more than one thing is said. Of normalised words. */
export const alternativeIn = (words: string) => ALTERNATIVE.test(words)

const CONFIRMING =
  /\b(?:confirm|confirming|accept|accepting|i(?: ll| will)? take|ill take|confirmo|confirma|confirme|confirmar|confirmalo|confirmala|confirmado|confirmada|confirmed|aceito|aceita|aceite|aceitar|acepto|acepta|acepte|aceptar|pego|tomo|mark)\b/

/** Free words that confirm something, and say nothing that could mean otherwise. What they confirm is another question. */
export function isClearConfirmation(text: string): boolean {
  const words = normalize(text)
  return !isHedged(text) && !alternativeIn(words) && isOwnWord(words, CONFIRMING)
}
