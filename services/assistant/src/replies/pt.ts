import { pt as consent } from './consent/pt.ts'
import { pt as events } from './events/pt.ts'
import { pt as languages, smallTalk } from './languages/pt.ts'
import { pt as limits } from './limits/pt.ts'
import { plural } from './local-time.ts'
import { pt as media } from './media/pt.ts'
import { pt as people } from './people/pt.ts'
import { pt as questions } from './questions/pt.ts'
import type { Replies } from './replies.ts'
import { pt as status } from './status/pt.ts'
import { pt as stops } from './stops/pt.ts'

const orders = (count: number) => `${count} ${plural(count, 'pt', { one: 'pedido', other: 'pedidos' })}`

export const pt: Replies = {
  orders: {
    title: ({ count, name }) => `📦 Você tem ${orders(count)} hoje, ${name}!`,
    titleTomorrow: ({ count, name }) => `📦 Você tem ${orders(count)} amanhã, ${name}!`,
    none: ({ name }) => `📦 Você não tem pedidos hoje, ${name}.`,
    noneTomorrow: ({ name }) => `📦 Ainda não vejo pedidos para amanhã, ${name}.`,
    heading: '🚚 Pedidos:',
    choose: ({ count }) =>
      count === 1
        ? 'Quer ver os detalhes? Digite 1.'
        : `Quer detalhes de algum pedido? Digite de 1 a ${count} para escolher.`,
    chooseFromList: ({ count }) =>
      `Abra a lista ou digite de 1 a ${count} para ver os detalhes de um pedido.`,
    listButton: 'Ver pedidos',
    listSection: 'Pedidos',
    nextPage: 'Próximos',
    nextPageHint: ({ from, to }) => `Pedidos ${from} a ${to}`,
    page: ({ from, to, count }) => `🚚 Pedidos ${from} a ${to} de ${count}:`,
    unreachable:
      'Não consigo acessar o sistema de pedidos agora, por isso não vejo seus pedidos. Tente de novo em alguns minutos.',
    lastKnown: ({ age }) =>
      `⚠️ Não consigo acessar o sistema de pedidos agora. Seus últimos pedidos conhecidos, de ${age} atrás:`,
  },
  order: {
    next: '🚚 Sua próxima parada:',
    noNext: ({ name }) => `🏁 Você não tem mais paradas em aberto hoje, ${name}.`,
    customer: 'Cliente',
    phone: 'Telefone',
    address: 'Endereço',
    window: 'Horário',
    status: 'Situação',
    items: 'Itens',
    instructions: 'Instruções',
    notes: 'Observações',
    map: 'Mapa',
    statusNames: {
      pending: 'pendente',
      assigned: 'atribuído',
      confirmed: 'confirmado',
      en_route: 'a caminho',
      arrived: 'no local',
      delivered: 'entregue',
      failed: 'não entregue',
      cancelled: 'cancelado',
    },
    whatNext: 'O que você quer fazer?',
    notFound: ({ ref }) => `Não vejo ${ref} entre os seus pedidos de hoje. Digite "pedidos" para vê-los.`,
    notFoundUnnamed: 'Não vejo esse pedido entre os seus pedidos de hoje. Digite "pedidos" para vê-los.',
    outOfRange: ({ count }) =>
      count === 1 ? 'A lista tem um pedido: digite 1.' : `Digite um número de 1 a ${count}.`,
    which: 'De qual pedido você está falando?',
  },
  confirm: {
    done: ({ ref }) => `✅ O pedido ${ref} está confirmado. Já estou repassando.`,
    already: ({ ref }) => `✅ O pedido ${ref} já está confirmado.`,
    closed: ({ ref, status }) => `O pedido ${ref} não pode mais ser confirmado: ${status}.`,
    ask: ({ ref, customer }) => `Quer confirmar o pedido ${ref} (${customer})?`,
    askAgain: ({ ref, customer }) =>
      `Para ter certeza, pergunto de novo: quer confirmar o pedido ${ref} (${customer})?`,
    leftAsIs: ({ ref }) => `Certo, deixo o pedido ${ref} como está.`,
    which: 'Qual pedido você quer confirmar?',
    nothingOpen: 'Você não tem pedidos para confirmar agora.',
    rejected: ({ ref }) =>
      `⚠️ O sistema de pedidos não aceitou a confirmação do pedido ${ref}. Fale com a central, por favor.`,
  },
  route: {
    checkIn: ({ name, count, firstStop }) =>
      `☀️ Bom dia, ${name}! Você tem ${orders(count)} hoje.\n\n📍 Primeira parada: ${firstStop}\n\nResponda 1 para aceitar ou 2 para recusar.`,
    reminder: ({ name, count, firstStop }) =>
      `⏰ ${name}, você aceita a rota de hoje? ${orders(count)}.\n\n📍 Primeira parada: ${firstStop}\n\nResponda 1 para aceitar ou 2 para recusar.`,
    ask: 'Você aceita a rota de hoje? Responda 1 para aceitar ou 2 para recusar.',
    askAgain:
      'Para ter certeza, pergunto de novo: você aceita a rota de hoje? Responda 1 para aceitar ou 2 para recusar.',
    accepted: ({ name, count }) =>
      count === 0
        ? `✅ A rota de hoje está aceita, ${name}. Boa viagem!`
        : `✅ A rota de hoje está aceita, ${name}: ${orders(count)}. Boa viagem!`,
    nextStops: '🚚 Suas próximas paradas:',
    alreadyAccepted: '✅ Você já aceitou a rota de hoje.',
    askReason: ({ name }) =>
      `Que pena, ${name}. Por que você não pode fazer a rota de hoje? Escreva com as suas palavras: a central as recebe como estão.`,
    declined: ({ name, reason }) =>
      `Certo, ${name}, anotei que você não pode fazer a rota de hoje: "${reason}"\n\nEm um minuto aviso a central. Até lá você pode desfazer. Cuide-se!`,
    alreadyDeclined:
      'Você recusou a rota de hoje, e a central fica sabendo. Se puder fazê-la afinal, aceite aqui.',
    undone:
      '↩️ Desfeito: ninguém ficou sabendo. Você aceita a rota de hoje? Responda 1 para aceitar ou 2 para recusar.',
    restored: '↩️ Desfeito: ninguém ficou sabendo, e a rota de hoje continua aceita.',
    nothingToUndo: 'Não há nada para desfazer.',
    tooLateToUndo:
      'A central já foi avisada, por isso não posso desfazer. Se puder fazer a rota afinal, aceite aqui e eu aviso.',
    leftToDispatch: ({ until }) =>
      `Já passou das ${until}, por isso não posso mudar a sua rota aqui. Avisei a central: vão falar com você.`,
    rejected:
      '⚠️ O sistema de pedidos não aceitou o que você disse sobre a rota de hoje. Fale com a central, por favor.',
  },
  buttons: {
    confirmOrder: 'Confirmar pedido',
    nextStop: 'Próxima parada',
    orders: 'Meus pedidos',
    help: 'Ajuda',
    yes: 'Sim, confirmar',
    no: 'Não',
    accept: 'Aceitar',
    decline: 'Recusar',
    undo: 'Desfazer',
    person: 'Falar com alguém',
    details: 'Detalhes do pedido',
  },
  talk: {
    greeting: ({ name }) => `👋 Olá, ${name}! Em que posso ajudar?`,
    thanks: '👍 De nada. Boa viagem!',
    help: 'Posso mostrar seus pedidos de hoje, sua próxima parada e os detalhes de um pedido, confirmar um pedido, e anotar se você aceita ou recusa a rota. Escreva com as suas palavras, por exemplo:\n• "Quais são meus pedidos de hoje?"\n• "Qual é a minha próxima parada?"\n• "Detalhes do pedido 2"\n• "Confirmar pedido 2"\n• "Aceito a rota"',
    notUnderstood:
      'Desculpe, não entendi. Você pode perguntar pelos seus pedidos, pela próxima parada ou pelos detalhes de um pedido.',
    modelUnreachable:
      'Não consigo acessar o serviço de linguagem agora. Os números da lista continuam funcionando, e também "pedidos", "próximo" e "ajuda".',
    nothingAsked: 'Não tenho nenhuma pergunta em aberto para você. Em que posso ajudar?',
    tapClosed: 'Essa escolha é de outro dia, por isso não a apliquei. Digite "pedidos" para ver os de hoje.',
    notAllowed: 'Você não tem permissão para isso. Fale com a central, por favor.',
    apology: 'Não consegui processar sua mensagem. Uma pessoa vai olhar.',
  },
  kinds: {
    location:
      '📍 Obrigado pela localização. Ainda não consigo usar localizações. Escreva o que você precisa, por favor.',
    image: 'Não consigo ler fotos aqui. Escreva com palavras, por favor.',
    document: 'Não consigo ler documentos aqui. Escreva com palavras, por favor.',
    video: 'Ainda não consigo ver vídeos. Escreva o que você precisa, por favor.',
    voice: 'Não consegui abrir esse áudio. Mande de novo, ou escreva, por favor.',
    sticker: 'Legal! Mas não entendo figurinhas. Escreva o que você precisa, por favor.',
    contacts: 'Ainda não consigo usar contatos. Escreva o que você precisa, por favor.',
    order: 'Não recebo compras por aqui. Escreva o que você precisa, por favor.',
    changed: 'Não consegui ler sua correção. Escreva de novo, por favor.',
    other: 'Não consigo ler esse tipo de mensagem. Escreva o que você precisa, por favor.',
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
      'Olá! Só atendo motoristas cadastrados, e não conheço este número. Fale com a sua central, por favor.',
    shareContact:
      'Olá! Não consigo ver o seu número de telefone, por isso não sei quem você é. Compartilhe o seu contato aqui e peça à sua central que faça o seu cadastro.',
    locked:
      '🔒 Algo mudou nesta conta do WhatsApp. A central precisa confirmar que é você antes que eu possa ajudar. Ligue para lá, por favor.',
    inactive:
      'Seu cadastro de motorista não está ativo, por isso não posso mostrar nada. Fale com a central, por favor.',
    suspended:
      'Seu cadastro de motorista está suspenso, por isso não posso mostrar nada. Fale com a central, por favor.',
  },
}
