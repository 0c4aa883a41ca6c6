import type { LanguageReplies, SmallTalkReplies } from './language-replies.ts'

export const pt: LanguageReplies = {
  set: '👍 Certo, a partir de agora escrevo em português.',
  setOther: ({ language }) =>
    `👍 Certo, a partir de agora escrevo em ${language}, o melhor que puder. O que eu não conseguir traduzir com segurança fica em inglês.`,
  which: 'Qual idioma você prefere? Também pode escrever o nome de outro.',
}

export const smallTalk: SmallTalkReplies = {
  greeting: ({ name }) => `👋 Oi, ${name}! Como posso ajudar?`,
  thanks: ({ name }) => `👍 De nada, ${name}. Mais alguma coisa?`,
  how_are_you: ({ name }) =>
    `Tudo certo por aqui, ${name}, obrigado por perguntar! Como posso ajudar na sua rota?`,
  goodbye: ({ name }) => `👋 Até mais, ${name}. Boa viagem!`,
  joke: ({ name }) =>
    `Por que a encomenda atravessou a rua, ${name}? Porque saiu para entrega. 😄 E agora, as suas paradas?`,
  praise: ({ name }) => `🙏 Que gentileza, ${name}! Qual é o próximo passo?`,
  complaint: ({ name }) =>
    `Sinto muito, ${name}. Diga o que você precisa da sua rota, ou eu peço a ajuda de uma pessoa.`,
  off_topic: ({ name }) =>
    `Isso fica fora da minha rota, ${name}: só entendo dos seus pedidos e paradas. Como posso ajudar com eles?`,
}
