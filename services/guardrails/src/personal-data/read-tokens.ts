/** What a word says about the number next to it. `work`: an order, a parcel, a bill, a place: nobody's number. */
export type Topic = 'phone' | 'card' | 'national_id' | 'passport' | 'driver_licence' | 'work'

/** A run of ASCII letters and digits; `617x12` is two, a number and its extension. */
export type Token = {
  start: number
  end: number
  text: string
  hasDigits: boolean
  isDigits: boolean
  topic?: Topic
}

export const readTokens = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  for (const { 0: word, index: start } of text.matchAll(/\d+(?=x\d{2,6}\b)|[a-z0-9]+/gi)) {
    const hasDigits = /\d/.test(word)
    const topic = hasDigits || word.length > 20 ? undefined : topicOf(word.toLowerCase(), tokens.at(-1))
    tokens.push({
      start,
      end: start + word.length,
      text: word,
      hasDigits,
      isDigits: hasDigits && !/\D/.test(word),
      ...(topic && { topic }),
    })
  }
  return tokens
}

const topicOf = (word: string, before: Token | undefined): Topic | undefined => {
  const topic = TOPICS.get(word)
  if (topic) return topic
  // People write "nlphone" and "telephone", and "my number" of nothing but a phone.
  const isPhone = word.endsWith('phone') || (NUMBER.test(word) && OWNER.test(before?.text ?? ''))
  return isPhone ? 'phone' : undefined
}

const NUMBER = /^num(?:ber|ero)$/
const OWNER = /^(?:my|his|her|their|meu|seu|mi|su)$/i

// Without accents, as the text is folded. English, then Portuguese, then Spanish.
const WORDS: Record<Topic, string> = {
  phone: `tel ph cell cellular mobile contact whatsapp whats zap wpp sms text call calling called ring dial reach fax
    answering messages registered office desk
    telefone fone celular cel contato ligar liga ligue liguei ligando chama chamar chamei telemovel atende mensagens
    telefono movil contacto llamar llama llame llamame llamarme llamalo llamala marcame marcar marcale contesta mensajes
    comunicate comunicarse`,
  card: `card cards credit debit visa mastercard amex cc cartao cartoes credito debito tarjeta tarjetas`,
  national_id: `ssn itin social identity cpf cnpj rg nif nipc contribuinte identidade
    dni nie curp rfc cedula cuit cuil rut ine identidad`,
  passport: `passport passaporte pasaporte`,
  driver_licence: `license licence cdl cnh habilitacao conducao licencia conducir manejo`,
  work: `order orders purchase delivery deliver invoice bill lading tracking track package packages parcel box boxes
    shipment ticket ref reference serial sku batch route stop barcode ean container manifest bol po booking confirm
    confirmed scan scanned code ups fedex usps dhl plate imei odometer km zip postal account pallet pallets volume volumes load pickup awb lat lng coordinates
    pedido pedidos ordem compra encomenda encomendas entrega entregas entregue fatura nota nf nfe danfe rastreio
    rastreamento pacote pacotes caixa caixas remessa protocolo lote rota parada barras reserva confirma confirmar
    confirmo placa cep conta carga romaneio coleta coordenadas chave codigo correios
    orden ordenes compras factura seguimiento rastreo guia paquete paquetes caja cajas envio folio ruta referencia
    contenedor matricula cp cuenta albaran`,
}

const TOPICS = new Map(
  (Object.entries(WORDS) as [Topic, string][]).flatMap(([topic, words]) =>
    words.split(/\s+/).map((word) => [word, topic] as const),
  ),
)
