import type { PeopleReplies } from './people-replies.ts'

export const en: PeopleReplies = {
  asked: ({ name }) =>
    `🙋 OK ${name}, I've asked dispatch for a person. They can see our last messages and will write to you here or call you. Until then I'm still here for your orders.\n\nIs anyone in danger? Call the emergency number first.`,
  waiting: ({ age }) =>
    `🙋 Dispatch has had your request for ${age}. Somebody will write to you here or call you. If it can't wait, please call them.`,
  takenOver:
    '👤 A person from dispatch has this conversation now and reads what you write. I stay quiet until they are done.',
}
