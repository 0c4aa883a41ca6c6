import { es as consent } from './consent/es.ts'
import { es as events } from './events/es.ts'
import { es as languages, smallTalk } from './languages/es.ts'
import { es as limits } from './limits/es.ts'
import { plural } from './local-time.ts'
import { es as media } from './media/es.ts'
import { es as people } from './people/es.ts'
import { es as questions } from './questions/es.ts'
import type { Replies } from './replies.ts'
import { es as status } from './status/es.ts'
import { es as stops } from './stops/es.ts'

const orders = (count: number) => `${count} ${plural(count, 'es', { one: 'pedido', other: 'pedidos' })}`

export const es: Replies = {
  orders: {
    title: ({ count, name }) => `📦 ¡Tienes ${orders(count)} hoy, ${name}!`,
    titleTomorrow: ({ count, name }) => `📦 ¡Tienes ${orders(count)} mañana, ${name}!`,
    none: ({ name }) => `📦 No tienes pedidos hoy, ${name}.`,
    noneTomorrow: ({ name }) => `📦 Todavía no veo pedidos para mañana, ${name}.`,
    heading: '🚚 Pedidos:',
    choose: ({ count }) =>
      count === 1
        ? '¿Quieres ver los detalles? Escribe 1.'
        : `¿Quieres detalles de algún pedido? Escribe del 1 al ${count} para elegir.`,
    chooseFromList: ({ count }) =>
      `Abre la lista o escribe del 1 al ${count} para ver los detalles de un pedido.`,
    listButton: 'Ver pedidos',
    listSection: 'Pedidos',
    nextPage: 'Siguientes',
    nextPageHint: ({ from, to }) => `Pedidos ${from} a ${to}`,
    page: ({ from, to, count }) => `🚚 Pedidos ${from} a ${to} de ${count}:`,
    unreachable:
      'No puedo conectar con el sistema de pedidos ahora, así que no veo tus pedidos. Inténtalo de nuevo en unos minutos.',
    lastKnown: ({ age }) =>
      `⚠️ No puedo conectar con el sistema de pedidos ahora. Tus últimos pedidos conocidos, de hace ${age}:`,
  },
  order: {
    next: '🚚 Tu próxima parada:',
    noNext: ({ name }) => `🏁 No te quedan paradas abiertas hoy, ${name}.`,
    customer: 'Cliente',
    phone: 'Teléfono',
    address: 'Dirección',
    window: 'Horario',
    status: 'Estado',
    items: 'Artículos',
    instructions: 'Instrucciones',
    notes: 'Notas',
    map: 'Mapa',
    statusNames: {
      pending: 'pendiente',
      assigned: 'asignado',
      confirmed: 'confirmado',
      en_route: 'en camino',
      arrived: 'en el lugar',
      delivered: 'entregado',
      failed: 'no entregado',
      cancelled: 'cancelado',
    },
    whatNext: '¿Qué quieres hacer?',
    notFound: ({ ref }) => `No veo ${ref} entre tus pedidos de hoy. Escribe "pedidos" para verlos.`,
    notFoundUnnamed: 'No veo ese pedido entre tus pedidos de hoy. Escribe "pedidos" para verlos.',
    outOfRange: ({ count }) =>
      count === 1 ? 'La lista tiene un pedido: escribe 1.' : `Escribe un número del 1 al ${count}.`,
    which: '¿A qué pedido te refieres?',
  },
  confirm: {
    done: ({ ref }) => `✅ El pedido ${ref} está confirmado. Ya lo estoy pasando.`,
    already: ({ ref }) => `✅ El pedido ${ref} ya está confirmado.`,
    closed: ({ ref, status }) => `El pedido ${ref} ya no se puede confirmar: ${status}.`,
    ask: ({ ref, customer }) => `¿Quieres confirmar el pedido ${ref} (${customer})?`,
    askAgain: ({ ref, customer }) =>
      `Para estar seguro, pregunto otra vez: ¿quieres confirmar el pedido ${ref} (${customer})?`,
    leftAsIs: ({ ref }) => `De acuerdo, dejo el pedido ${ref} como está.`,
    which: '¿Qué pedido quieres confirmar?',
    nothingOpen: 'No tienes pedidos por confirmar ahora.',
    rejected: ({ ref }) =>
      `⚠️ El sistema de pedidos no aceptó la confirmación del pedido ${ref}. Habla con la central, por favor.`,
  },
  route: {
    checkIn: ({ name, count, firstStop }) =>
      `☀️ ¡Buenos días, ${name}! Tienes ${orders(count)} hoy.\n\n📍 Primera parada: ${firstStop}\n\nResponde 1 para aceptar o 2 para rechazar.`,
    reminder: ({ name, count, firstStop }) =>
      `⏰ ${name}, ¿aceptas la ruta de hoy? ${orders(count)}.\n\n📍 Primera parada: ${firstStop}\n\nResponde 1 para aceptar o 2 para rechazar.`,
    ask: '¿Aceptas la ruta de hoy? Responde 1 para aceptar o 2 para rechazar.',
    askAgain:
      'Para estar seguro, pregunto otra vez: ¿aceptas la ruta de hoy? Responde 1 para aceptar o 2 para rechazar.',
    accepted: ({ name, count }) =>
      count === 0
        ? `✅ La ruta de hoy está aceptada, ${name}. ¡Buen viaje!`
        : `✅ La ruta de hoy está aceptada, ${name}: ${orders(count)}. ¡Buen viaje!`,
    nextStops: '🚚 Tus próximas paradas:',
    alreadyAccepted: '✅ Ya aceptaste la ruta de hoy.',
    askReason: ({ name }) =>
      `Lo siento, ${name}. ¿Por qué no puedes hacer la ruta de hoy? Escríbelo con tus palabras: la central las recibe tal cual.`,
    declined: ({ name, reason }) =>
      `De acuerdo, ${name}, anoté que no puedes hacer la ruta de hoy: "${reason}"\n\nEn un minuto aviso a la central. Hasta entonces puedes deshacerlo. ¡Cuídate!`,
    alreadyDeclined:
      'Rechazaste la ruta de hoy, y la central lo sabrá. Si al final puedes hacerla, acéptala aquí.',
    undone:
      '↩️ Deshecho: nadie se enteró. ¿Aceptas la ruta de hoy? Responde 1 para aceptar o 2 para rechazar.',
    restored: '↩️ Deshecho: nadie se enteró, y la ruta de hoy sigue aceptada.',
    nothingToUndo: 'No hay nada que deshacer.',
    tooLateToUndo:
      'La central ya lo sabe, así que no puedo deshacerlo. Si al final puedes hacer la ruta, acéptala aquí y les aviso.',
    leftToDispatch: ({ until }) =>
      `Ya pasaron las ${until}, así que no puedo cambiar tu ruta aquí. Avisé a la central: se pondrán en contacto contigo.`,
    rejected:
      '⚠️ El sistema de pedidos no aceptó lo que dijiste sobre la ruta de hoy. Habla con la central, por favor.',
  },
  buttons: {
    confirmOrder: 'Confirmar pedido',
    nextStop: 'Próxima parada',
    orders: 'Mis pedidos',
    help: 'Ayuda',
    yes: 'Sí, confirmar',
    no: 'No',
    accept: 'Aceptar',
    decline: 'Rechazar',
    undo: 'Deshacer',
    person: 'Hablar con alguien',
    details: 'Detalles del pedido',
  },
  talk: {
    greeting: ({ name }) => `👋 ¡Hola, ${name}! ¿En qué te puedo ayudar?`,
    thanks: '👍 De nada. ¡Buen viaje!',
    help: 'Puedo mostrar tus pedidos de hoy, tu próxima parada y los detalles de un pedido, confirmar un pedido, y anotar si aceptas o rechazas la ruta. Escribe con tus palabras, por ejemplo:\n• "¿Cuáles son mis pedidos de hoy?"\n• "¿Cuál es mi próxima parada?"\n• "Detalles del pedido 2"\n• "Confirmar pedido 2"\n• "Acepto la ruta"',
    notUnderstood:
      'Perdona, no entendí. Puedes preguntar por tus pedidos, tu próxima parada o los detalles de un pedido.',
    modelUnreachable:
      'No puedo conectar con el servicio de lenguaje ahora. Los números de la lista siguen funcionando, y también "pedidos", "siguiente" y "ayuda".',
    nothingAsked: 'No tengo ninguna pregunta abierta para ti. ¿En qué te puedo ayudar?',
    tapClosed: 'Esa opción es de otro día, así que no la apliqué. Escribe "pedidos" para ver los de hoy.',
    notAllowed: 'No tienes permiso para esto. Habla con la central, por favor.',
    apology: 'No pude procesar tu mensaje. Una persona lo revisará.',
  },
  kinds: {
    location:
      '📍 Gracias por la ubicación. Todavía no puedo usar ubicaciones. Escribe lo que necesitas, por favor.',
    image: 'Aquí no puedo leer fotos. Escríbelo con palabras, por favor.',
    document: 'Aquí no puedo leer documentos. Escríbelo con palabras, por favor.',
    video: 'Todavía no puedo ver videos. Escribe lo que necesitas, por favor.',
    voice: 'No pude abrir esa nota de voz. Envíala otra vez o escríbelo, por favor.',
    sticker: '¡Qué bueno! Pero no entiendo stickers. Escribe lo que necesitas, por favor.',
    contacts: 'Todavía no puedo usar contactos. Escribe lo que necesitas, por favor.',
    order: 'No recibo compras por aquí. Escribe lo que necesitas, por favor.',
    changed: 'No pude leer tu corrección. Escríbelo otra vez, por favor.',
    other: 'No puedo leer este tipo de mensaje. Escribe lo que necesitas, por favor.',
  },
  media,
  events,
  people,
  consent,
  questions,
  limits,
  languages,
  smallTalk,
  status,
  stops,
  identity: {
    unknown:
      '¡Hola! Solo atiendo a conductores registrados y no conozco este número. Habla con tu central, por favor.',
    shareContact:
      '¡Hola! No puedo ver tu número de teléfono, así que no sé quién eres. Comparte tu contacto aquí y pide a tu central que te registre.',
    locked:
      '🔒 Algo cambió en esta cuenta de WhatsApp. La central debe confirmar que eres tú antes de que pueda ayudarte. Llámalos, por favor.',
    inactive:
      'Tu cuenta de conductor no está activa, así que no puedo mostrarte nada. Habla con la central, por favor.',
    suspended:
      'Tu cuenta de conductor está suspendida, así que no puedo mostrarte nada. Habla con la central, por favor.',
  },
}
