import { drawing, icon } from './icons.js'
import { markup } from './markup.js'

const TICKS = {
  accepted: 'M6 12a6 6 0 1 0 12 0a6 6 0 1 0-12 0M12 9v3l2 1.5',
  sent: 'M6 12.5l4 4L19 7',
  delivered: 'M2 12.5l4 4L15 7M10.5 15.5l1 1L20.5 7',
  read: 'M2 12.5l4 4L15 7M10.5 15.5l1 1L20.5 7',
  failed: 'M12 7v7M12 16.5v.5',
}

/** One message as an element. `find` looks up another message of the chat, for quotes. */
export function bubble(message, { find, onReply, onReact, onEdit, onDelete, onTap, onList, onLocation }) {
  const isMine = message.direction === 'inbound'
  const article = el('article', {
    class: `bubble ${isMine ? 'mine' : 'theirs'}`,
    'data-wamid': message.wamid,
  })
  const quoted = message.context && find(message.context.id)
  const body = el('div', { class: 'body' })
  if (quoted) body.append(quote(quoted))
  body.append(...content(message))
  body.append(meta(message, isMine))
  // Where nothing hovers, a tap shows what can be done with a message.
  body.addEventListener('click', () => article.classList.toggle('open'))
  article.append(
    body,
    ...choices(message, { onTap, onList, onLocation }),
    actions(message, { onReply, onReact, onEdit, onDelete }),
  )
  return article
}

export function quote(message) {
  const author = message.direction === 'inbound' ? 'You' : 'Waybill'
  return el(
    'blockquote',
    {},
    el('strong', { class: 'quote-author' }, author),
    el('span', { class: 'quote-text' }, summary(message)),
  )
}

export function summary(message) {
  if (message.text) return message.text
  return (
    { image: 'Photo', audio: 'Voice note', location: 'Location', sticker: 'Sticker', document: 'Document' }[
      message.type
    ] ?? message.type
  )
}

function content(message) {
  const { type, interactive, location } = message
  const parts = []
  if (type === 'interactive') {
    const header = interactive?.header?.text
    if (header) parts.push(el('p', { class: 'header' }, header))
  }
  if (type === 'location') parts.push(map(location ?? {}))
  if (type === 'image') parts.push(el('div', { class: 'photo' }, icon('camera'), el('span', {}, 'Photo')))
  if (type === 'audio') parts.push(voice(message.audio ?? {}))
  if (type === 'sticker') parts.push(el('p', { class: 'sticker' }, icon('smile')))
  if (type === 'document')
    parts.push(el('p', { class: 'file' }, icon('document'), message.document?.filename ?? 'Document'))
  if (type === 'template') parts.push(el('p', { class: 'label' }, `template ${message.template?.name ?? ''}`))
  if (message.text && type !== 'location') parts.push(el('p', { class: 'text' }, markup(message.text)))
  const footer = type === 'interactive' ? interactive?.footer?.text : undefined
  if (footer) parts.push(el('p', { class: 'footer' }, footer))
  if (parts.length === 0) parts.push(el('p', { class: 'label' }, summary(message)))
  return parts
}

function map({ latitude, longitude, name, address }) {
  const place = `${latitude},${longitude}`
  const link = el('a', {
    class: 'map',
    href: `https://maps.google.com/?q=${encodeURIComponent(place)}`,
    target: '_blank',
    rel: 'noreferrer',
    'aria-label': `Map of ${name ?? place}`,
  })
  link.append(
    drawing('0 0 120 60', [
      'M0 42L40 22L70 34L120 8',
      'M22 0L34 60',
      'M84 0L96 60',
      'M60 12a8 8 0 0 1 8 8c0 6-8 14-8 14s-8-8-8-14a8 8 0 0 1 8-8z',
    ]),
  )
  const lines = [
    name && el('strong', {}, name),
    address && el('span', {}, address),
    !name && !address && el('span', {}, place),
  ]
  return el('div', { class: 'location' }, link, ...lines.filter(Boolean))
}

function voice({ transcript }) {
  const bars = el('span', { class: 'bars', 'aria-hidden': 'true' })
  for (let index = 0; index < 24; index++) bars.append(el('i', { class: `beat h${(index * 7) % 5}` }))
  return el(
    'div',
    { class: 'voice' },
    icon('play'),
    bars,
    el('span', { class: 'sr' }, transcript ?? 'Voice note'),
  )
}

function choices(message, { onTap, onList, onLocation }) {
  const { interactive } = message
  if (message.direction !== 'outbound' || message.type !== 'interactive') return []
  const action = interactive?.action ?? {}
  if (interactive.type === 'button') {
    return action.buttons.map(({ reply }) =>
      choice(reply.title, 'reply', () => onTap(message, { type: 'button_reply', button_reply: reply })),
    )
  }
  if (interactive.type === 'list') return [choice(action.button, 'list', () => onList(message))]
  if (interactive.type === 'location_request_message')
    return [choice('Send location', 'pin', () => onLocation(message))]
  if (interactive.type === 'cta_url') {
    const { display_text: text, url } = action.parameters ?? {}
    return [
      el(
        'a',
        { class: 'choice', href: /^https?:/.test(url) ? url : '#', target: '_blank', rel: 'noreferrer' },
        icon('link'),
        text ?? url,
      ),
    ]
  }
  return []
}

function choice(title, iconName, act) {
  const button = el('button', { class: 'choice', type: 'button' }, icon(iconName), title)
  button.addEventListener('click', act)
  return button
}

function actions(message, { onReply, onReact, onEdit, onDelete }) {
  const act = (iconName, title, label, onAct) => {
    const button = el('button', { type: 'button', 'aria-label': label, title }, icon(iconName))
    button.addEventListener('click', () => onAct(message))
    return button
  }
  const isMine = message.direction === 'inbound'
  const own = isMine ? [act('bin', 'Delete', 'Delete this message', onDelete)] : []
  if (isMine && message.type === 'text') own.unshift(act('pencil', 'Edit', 'Edit this message', onEdit))
  const theirs = isMine ? [] : [act('thumb', 'React', 'React with thumbs up', onReact)]
  const reply = act('reply', 'Reply', 'Reply to this message', onReply)
  return el('div', { class: 'actions' }, reply, ...theirs, ...own)
}

/** What an edit or a deletion makes of a bubble. */
export function change(article, { type, edit }) {
  const text = article.querySelector('.text')
  if (type === 'edit' && text) {
    text.replaceChildren(markup(edit.message?.text?.body ?? ''), el('small', { class: 'changed' }, ' edited'))
  }
  if (type !== 'revoke') return
  article.querySelector('.actions')?.remove()
  const time = article.querySelector('.meta')
  article
    .querySelector('.body')
    .replaceChildren(el('p', { class: 'label' }, 'You deleted this message'), time)
}

function meta(message, isMine) {
  const at = new Date(message.timestamps.sent ?? message.timestamps.accepted ?? Date.now())
  const time = el(
    'time',
    { datetime: at.toISOString() },
    at.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }),
  )
  // The phone shows ticks on what its owner sent. Of the business's messages only a failure shows.
  const tick = isMine || message.status === 'failed' ? [ticks(message.status)] : []
  return el('span', { class: 'meta' }, time, ...tick)
}

export function ticks(status) {
  const marks = drawing('0 0 24 24', [TICKS[status] ?? TICKS.sent])
  return el('span', { class: `ticks ${status}`, role: 'img', 'aria-label': status }, marks)
}

export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  element.append(...children)
  return element
}
