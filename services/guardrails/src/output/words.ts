import { fold } from './plain-text.ts'

/** The languages whose words are known. Of others only digits are read. */
export type Known = 'en' | 'pt' | 'es'

export function knownLanguage(tag: string | undefined): Known | undefined {
  const base = tag?.slice(0, 3).toLowerCase().split(/[-_]/)[0]
  return base === 'en' || base === 'pt' || base === 'es' ? base : undefined
}

// One is an article in all three.
const NUMBERS: Record<Known, string> = {
  en: '2 two 3 three 4 four 5 five 6 six 7 seven 8 eight 9 nine 10 ten 11 eleven 12 twelve',
  pt: '2 dois 2 duas 3 tres 4 quatro 5 cinco 6 seis 7 sete 8 oito 9 nove 10 dez 11 onze 12 doze',
  es: '2 dos 3 tres 4 cuatro 5 cinco 6 seis 7 siete 8 ocho 9 nueve 10 diez 11 once 12 doce',
}
const MONTHS: Record<Known, string> = {
  en: '1 january 1 jan 2 february 2 feb 3 march 3 mar 4 april 4 apr 5 may 6 june 6 jun 7 july 7 jul 8 august 8 aug 9 september 9 sept 9 sep 10 october 10 oct 11 november 11 nov 12 december 12 dec',
  pt: '1 janeiro 1 jan 2 fevereiro 2 fev 3 marco 3 mar 4 abril 4 abr 5 maio 5 mai 6 junho 6 jun 7 julho 7 jul 8 agosto 8 ago 9 setembro 9 set 10 outubro 10 out 11 novembro 11 nov 12 dezembro 12 dez',
  es: '1 enero 1 ene 2 febrero 2 feb 3 marzo 3 mar 4 abril 4 abr 5 mayo 5 may 6 junio 6 jun 7 julio 7 jul 8 agosto 8 ago 9 septiembre 9 setiembre 9 sept 9 sep 10 octubre 10 oct 11 noviembre 11 nov 12 diciembre 12 dic',
}
const WEEKDAYS: Record<Known, string> = {
  en: '0 sunday 1 monday 2 tuesday 3 wednesday 4 thursday 5 friday 6 saturday',
  pt: '0 domingo 1 segunda-feira 2 terca-feira 3 quarta-feira 4 quinta-feira 5 sexta-feira 6 sabado',
  es: '0 domingo 1 lunes 2 martes 3 miercoles 4 jueves 5 viernes 6 sabado',
}
const DAYS: Record<Known, string> = {
  en: '-1 yesterday 1 tomorrow',
  pt: '-1 ontem 1 amanha',
  es: '-1 ayer 1 manana',
}

const tableOf = (words: string) =>
  new Map([...words.matchAll(/(-?\d+) (\S+)/g)].map(([, value, word]) => [word ?? '', Number(value)]))
const tablesOf = (of: Record<Known, string>) => ({
  en: tableOf(of.en),
  pt: tableOf(of.pt),
  es: tableOf(of.es),
  any: tableOf(`${of.en} ${of.pt} ${of.es}`),
})
export const NUMBER_WORDS = { ...tablesOf(NUMBERS), any: new Map<string, number>() }
export const MONTH_WORDS = tablesOf(MONTHS)
export const WEEKDAY_WORDS = tablesOf(WEEKDAYS)
export const DAY_WORDS = tablesOf(DAYS)

const setOf = (words: string): ReadonlySet<string> => new Set(fold(words).split(/\s+/))

/** Written with a capital, and no name. The first words of sentences and of lines are the most of them. */
export const ORDINARY = setOf(`
  WhatsApp Google Maps Waybill Android iPhone GPS ETA OK AM PM PDF JPEG PNG SMS I I'm I've I'll I'd
  English Portuguese Spanish Português Inglês Espanhol Español Inglés Portugués Français Deutsch Italiano
  Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August
  September October November December Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
  segunda terça quarta quinta sexta segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo
  lunes martes miércoles jueves viernes
  janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
  enero febrero marzo mayo junio julio septiembre octubre noviembre diciembre
  Hi Hello Hey Dear Good Morning Afternoon Evening Thanks Thank Sorry Sure Great Yes No Please Here There This That
  These Those The A An And But Or If When While Then Now Next First Last After Before Until Your You We It He She They
  My Our Their Is Are Was Do Does Did Can Could Would Will Should Shall May Might Must Have Has What Which Where Who Why How All Some Any
  Order Orders Stop Stops Route Customer Client Address Phone Time Window Status Items Notes Note Instructions Map
  Delivery Driver Dispatch Details Deliver Call Ring Leave Ask Go Head Drive Open Type Reply Write Tell Send Take Today
  Tomorrow Yesterday At In On By For From To With Of Not Only Also Done Noted Confirmed Pending Assigned Arrived
  Delivered Failed Cancelled Late Urgent Warning Reminder Tip Heads
  Olá Oi Bom Boa Dia Tarde Noite Obrigado Obrigada Desculpe Claro Certo Sim Não Por Favor Aqui Isso Este Esta Esse Essa
  O Os As Um Uma E Mas Ou Se Quando Enquanto Então Agora Depois Antes Até Você Vocês Seu Sua Seus Suas Nós Ele Ela Eles
  Elas É São Está Estão Tem Têm Pode Posso Quer Que Qual Quais Onde Quem Como Todo Todos Todas Pedido Pedidos Parada
  Paradas Rota Cliente Endereço Telefone Horário Janela Situação Itens Observações Observação Instruções Mapa Entrega
  Entregue Motorista Central Detalhes Ligue Toque Deixe Peça Vá Siga Abra Digite Responda Escreva Fale Diga Envie Hoje
  Amanhã Ontem Em No Na Nos Nas Ao À Às Para Com De Do Da Também Feito Anotado Confirmado Pendente Chegou Cancelado
  Atrasado Próxima Próximo Primeira Primeiro Última Último Faltam Falta Atenção Lembrete
  Hola Buen Buenos Buenas Días Tardes Noches Gracias Perdón Sí Aquí Eso Esto El La Los Las Un Una Unos Y Pero Si Cuando
  Mientras Entonces Ahora Después Hasta Tú Usted Ustedes Tu Tus Su Sus Nosotros Ellos Ellas Es Son Está Hay Tiene Tienes
  Puede Puedes Puedo Quieres Qué Cuál Cuáles Dónde Quién Cómo Ruta Dirección Teléfono Horario Ventana Estado Artículos
  Notas Nota Instrucciones Entregado Conductor Detalles Llama Toca Deja Pide Ve Sigue Abre Escribe Responde Habla
  Dile Envía Hoy Mañana Ayer En Al Del Con También Hecho Anotado Llegaste Tarde Siguiente Primer Última Quedan Queda
  Nuevo Novo New Entregas Deliveries Instrucción Aviso Recuerda Recordatorio
`)

/** Between the words of a name. */
export const CONNECTORS = setOf('de da do das dos del la las los y e of the von van der den di du le')

/** What places are called: what follows belongs to an address. */
export const PLACES = setOf(`
  st street ave avenue rd road blvd boulevard ln lane dr drive hwy highway way sq square pkwy court plaza
  suite apt apartment unit floor gate terminal dock building block
  rua r av avenida alameda al travessa praça largo rodovia estrada bairro andar apto bloco sala portão doca galpão quadra
  calle c carrera cra paseo plaza camino carretera colonia col piso depto puerta local bodega muelle edificio
`)

/** What comes right before a name. */
export const INTRODUCTIONS = setOf(`
  customer client cliente name nome nombre mr mrs ms miss dr dra sr sra srta dona doña don señor señora senhor senhora
  named called recipient destinatário destinatario address endereço dirección contact contato contacto
`)
