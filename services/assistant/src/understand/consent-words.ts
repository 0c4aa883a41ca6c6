import { normalize } from './normalize.ts'

/**
 * Whole messages that end, or bring back, what Waybill writes of itself. What a driver could also mean of a stop or an
 * order ("cancel", "end", "basta", "para") is not among them.
 */
const STOP = [
  'stop|stop all|stopall|stop messages|stop messaging me|stop texting me|unsubscribe|opt out|optout|no more messages',
  'parar|pare|sair|descadastrar|descadastre me|cancelar inscrição|parar mensagens|pare de me mandar mensagens|não quero mais receber mensagens|não quero receber mensagens',
  'baja|darme de baja|dar de baja|cancelar suscripción|no más mensajes|no quiero recibir mensajes|no quiero recibir más mensajes|deja de escribirme|dejen de escribirme',
  'arrêt|arrêter|arrêtez|désabonner|me désabonner|désinscription|plus de messages',
  'stopp|abmelden|abbestellen|keine nachrichten mehr',
  'disiscrivimi|annulla iscrizione|niente più messaggi',
  'afmelden|uitschrijven|geen berichten meer',
  'wypisz|wypisz mnie|rezygnuję|dezabonare|dezabonează mă|nu mai vreau mesaje',
  'стоп|отписаться|отпишите меня|відписатися|відпишіть мене',
  'dur|durdur|abonelikten çık|mesaj gönderme|sispann|sispann ekri m',
  'توقف|أوقف|إلغاء الاشتراك|रोको|बंद करो|मैसेज बंद करो|بند کرو|বন্ধ করুন',
  '停止|退订|取消订阅|配信停止|수신거부|중지|dừng|hủy đăng ký|berhenti|berhenti berlangganan|itigil',
]

/** Heeded only from somebody who has opted out: to all others "start" is a greeting. */
const START = [
  'start|unstop|subscribe|opt in|start messages|resume messages',
  'começar|reativar|ativar mensagens|quero receber mensagens|voltar a receber mensagens',
  'empezar|reactivar|activar mensajes|alta|darme de alta|quiero recibir mensajes',
  'commencer|démarrer|reprendre|starten|anmelden|iscrivimi|aanmelden|zapisz mnie|abonare',
  'старт|подписаться|підписатися|başlat|kòmanse|ابدأ|शुरू करो|شروع کرو|开始|開始|시작|bắt đầu|mulai|simulan',
]

/** The words that a driver is told, in every language. */
export const STOP_WORD = 'STOP'
export const START_WORD = 'START'

const STOPS = asSaid(STOP)
const STARTS = asSaid(START)

/** Whether the whole message is such a word. A question is none. */
export function consentIn(words: string): 'out' | 'in' | undefined {
  if (/[?¿？؟]/.test(words)) return undefined
  const said = normalize(words)
  if (STOPS.has(said)) return 'out'
  return STARTS.has(said) ? 'in' : undefined
}

function asSaid(lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.flatMap((list) => list.split('|')).map((phrase) => normalize(phrase)))
}
