import type { LanguageReplies, SmallTalkReplies } from './language-replies.ts'

export const es: LanguageReplies = {
  set: '👍 De acuerdo, desde ahora escribo en español.',
  setOther: ({ language }) =>
    `👍 De acuerdo, desde ahora escribo en ${language}, lo mejor que pueda. Lo que no pueda traducir con seguridad queda en inglés.`,
  which: '¿Qué idioma prefieres? También puedes escribir el nombre de otro.',
}

export const smallTalk: SmallTalkReplies = {
  greeting: ({ name }) => `👋 ¡Hola, ${name}! ¿En qué te ayudo?`,
  thanks: ({ name }) => `👍 De nada, ${name}. ¿Algo más?`,
  how_are_you: ({ name }) =>
    `Todo bien por aquí, ${name}, ¡gracias por preguntar! ¿Cómo te ayudo con tu ruta?`,
  goodbye: ({ name }) => `👋 Cuídate, ${name}. ¡Buen viaje!`,
  joke: ({ name }) =>
    `¿Por qué cruzó la calle el paquete, ${name}? Porque salió a reparto. 😄 Y ahora, ¿tus paradas?`,
  praise: ({ name }) => `🙏 ¡Qué amable, ${name}! ¿Qué sigue?`,
  complaint: ({ name }) =>
    `Lo siento, ${name}. Dime qué necesitas de tu ruta, o le pido ayuda a una persona.`,
  off_topic: ({ name }) =>
    `Eso queda fuera de mi ruta, ${name}: solo sé de tus pedidos y paradas. ¿En qué te ayudo con ellos?`,
}
