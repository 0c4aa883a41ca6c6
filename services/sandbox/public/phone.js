import { bubble, change, el, quote, ticks } from './bubble.js'
import { openAttachments, openList } from './dialogs.js'

const DRIVERS_SHOWN_MAX = 60
const NEAR_END_PX = 120
const $ = (id) => document.getElementById(id)
const [messagesBox, textBox, composer, search, driverList] = [
  'messages',
  'text',
  'composer',
  'search',
  'drivers',
].map($)

let drivers = []
let phone // whose phone is shown
let chat = new Map() // wamid → message
let replyTo
let editing
let isReading = false
let isStale = false

async function api(method, path, body) {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(`/sandbox${path}`, { method, ...init })
  const answer = await response.json()
  if (!response.ok) throw new Error(answer.error)
  return answer
}

function notice(text) {
  $('notice').textContent = text
  $('notice').hidden = false
  setTimeout(() => ($('notice').hidden = true), 5000)
}

// Drivers

function showDrivers() {
  const query = search.value.trim().toLowerCase()
  const digits = query.replace(/[\s+().-]/g, '')
  const isNumber = /^\d{7,15}$/.test(digits)
  const found = drivers.filter(
    ({ name, phone: number, id }) =>
      name.toLowerCase().includes(query) || id.includes(query) || (digits !== '' && number.includes(digits)),
  )
  const strangers =
    isNumber && !found.some((it) => it.phone === digits)
      ? [{ name: 'Somebody else', phone: digits, status: 'unknown' }]
      : []
  driverList.replaceChildren(...[...strangers, ...found].slice(0, DRIVERS_SHOWN_MAX).map(driverItem))
  if (driverList.childElementCount === 0)
    driverList.append(el('li', { class: 'none' }, 'Nobody. Type a whole number to write as a stranger.'))
}

function driverItem({ name, phone: number, language, status, orders }) {
  const lines = [
    el('strong', {}, name),
    el(
      'small',
      {},
      `+${number}${language ? ` · ${language}` : ''}${orders ? ` · ${orders.count} orders` : ''}`,
    ),
  ]
  const tag = status === 'active' ? [] : [el('span', { class: `tag ${status}` }, status)]
  const avatar = el(
    'span',
    { class: `avatar tone${Number(number.slice(-2)) % 6}`, 'aria-hidden': 'true' },
    name.slice(0, 1),
  )
  const link = el(
    'a',
    { href: `#${number}`, class: 'driver' },
    avatar,
    el('span', { class: 'lines' }, ...lines),
    ...tag,
  )
  if (number === phone) link.setAttribute('aria-current', 'true')
  return el('li', {}, link)
}

function openPhone() {
  phone = location.hash.slice(1) || undefined
  chat = new Map()
  stopReplying()
  messagesBox.replaceChildren()
  document.body.classList.toggle('chatting', phone !== undefined)
  $('chat').hidden = phone === undefined
  $('welcome').hidden = phone !== undefined
  showDrivers()
  if (phone === undefined) return
  const driver = drivers.find((it) => it.phone === phone)
  $('holder').textContent = driver?.name ?? 'Somebody else'
  $('holder-phone').textContent = `+${phone}`
  document.title = `${driver?.name ?? phone} · Waybill sandbox`
  if (matchMedia('(pointer: fine)').matches) textBox.focus()
  void refresh()
}

// Messages

/** Reads the chat; what happens meanwhile is read in another round. */
async function refresh() {
  isStale = true
  if (isReading) return
  isReading = true
  try {
    while (isStale && phone !== undefined) {
      isStale = false
      const of = phone
      const answer = await api('GET', `/drivers/${of}/messages`)
      if (of === phone) show(answer)
    }
  } catch (error) {
    notice(error.message)
  } finally {
    isReading = false
  }
}

function show({ messages, typing }) {
  const isAtEnd = messagesBox.scrollHeight - messagesBox.scrollTop - messagesBox.clientHeight < NEAR_END_PX
  let hasNew = false
  for (const message of messages) {
    const known = chat.get(message.wamid)
    chat.set(message.wamid, message)
    if (!known) {
      hasNew = true
      append(message)
    } else if (known.status !== message.status) updateTicks(message)
  }
  $('presence').textContent = typing ? 'typing…' : 'business account'
  messagesBox.classList.toggle('typing', typing)
  if (messages.length === 0 && chat.size > 0) openPhone() // the sandbox was reset
  if (hasNew && isAtEnd) messagesBox.scrollTop = messagesBox.scrollHeight
  const isUnread = messages.some(
    ({ direction, status }) => direction === 'outbound' && (status === 'sent' || status === 'delivered'),
  )
  if (isUnread && document.visibilityState === 'visible') void api('POST', `/drivers/${phone}/read`)
}

function append(message) {
  const target = message.type === 'reaction' && elementOf(message.reaction?.message_id)
  if (target) {
    const emoji = message.reaction.emoji
    target.querySelector('.reaction')?.remove()
    if (emoji)
      target.querySelector('.body').append(el('span', { class: 'reaction', title: 'Reaction' }, emoji))
    return
  }
  const changed = elementOf(message[message.type]?.original_message_id)
  if (changed) return change(changed, message)
  const day = new Date(message.timestamps.sent ?? message.timestamps.accepted).toLocaleDateString([], {
    dateStyle: 'long',
  })
  if (messagesBox.dataset.day !== day || messagesBox.childElementCount === 0) {
    messagesBox.dataset.day = day
    messagesBox.append(el('p', { class: 'day' }, el('span', {}, day)))
  }
  messagesBox.append(
    bubble(message, {
      find: (wamid) => chat.get(wamid),
      onReply: startReplying,
      onReact,
      onEdit,
      onDelete,
      onTap,
      onList,
      onLocation,
    }),
  )
}

function updateTicks(message) {
  elementOf(message.wamid)?.querySelector('.ticks')?.replaceWith(ticks(message.status))
}

function elementOf(wamid) {
  return [...messagesBox.querySelectorAll('[data-wamid]')].find((element) => element.dataset.wamid === wamid)
}

// Writing

async function send(message) {
  const context = replyTo && { context: { id: replyTo.wamid } }
  stopReplying()
  try {
    await api('POST', `/drivers/${phone}/messages`, { ...context, ...message })
    messagesBox.scrollTop = messagesBox.scrollHeight
    await refresh()
    messagesBox.scrollTop = messagesBox.scrollHeight
  } catch (error) {
    notice(error.message)
  }
}

const onTap = ({ wamid }, interactive) => send({ type: 'interactive', interactive, context: { id: wamid } })
const onReact = ({ wamid }) => send({ type: 'reaction', reaction: { message_id: wamid, emoji: '👍' } })
const onDelete = ({ wamid }) => send({ type: 'revoke', revoke: { original_message_id: wamid } })
const onLocation = ({ wamid }) => sendLocation({ context: { id: wamid } })

function onList(message) {
  const { action, header } = message.interactive
  openList({ ...action, header: header?.text }, ({ id, title, description }) => {
    const row = { id, title, ...(description ? { description } : {}) }
    void onTap(message, { type: 'list_reply', list_reply: row })
  })
}

function sendLocation(extra = {}) {
  const place = {
    latitude: 40.7411,
    longitude: -73.9897,
    name: '123 Main St',
    address: '123 Main St, Suite 400',
  }
  return send({ type: 'location', location: place, ...extra })
}

function onEdit(message) {
  editing = message
  textBox.value = message.text
  fitText()
  textBox.focus()
}

function startReplying(message) {
  replyTo = message
  $('replying-quote').replaceChildren(quote(message))
  $('replying').hidden = false
  textBox.focus()
}

function stopReplying() {
  replyTo = undefined
  $('replying').hidden = true
}

function takeText() {
  const text = textBox.value.trim()
  textBox.value = ''
  fitText()
  return text
}

function fitText() {
  textBox.style.height = 'auto'
  textBox.style.height = `${Math.min(textBox.scrollHeight, 140)}px`
}

composer.addEventListener('submit', (event) => {
  event.preventDefault()
  const text = takeText()
  const edited = editing
  editing = undefined
  if (text === '') return
  const message = { type: 'text', text: { body: text } }
  void send(edited ? { type: 'edit', edit: { original_message_id: edited.wamid, message } } : message)
})
textBox.addEventListener('input', fitText)
textBox.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault()
    composer.requestSubmit()
  }
  if (event.key === 'Escape') {
    stopReplying()
    editing = undefined
  }
})
$('cancel-reply').addEventListener('click', stopReplying)
$('back').addEventListener('click', () => (location.hash = ''))
$('attach').addEventListener('click', () =>
  openAttachments([
    { iconName: 'pin', title: 'Location', act: () => sendLocation() },
    { iconName: 'camera', title: 'Photo', act: () => send({ type: 'image', image: captioned() }) },
    {
      iconName: 'microphone',
      title: 'Voice note',
      act: () => send({ type: 'audio', audio: { transcript: takeText() || 'What are my orders today?' } }),
    },
    { iconName: 'thumb', title: 'React', act: () => reactToLast() },
    { iconName: 'smile', title: 'Sticker', act: () => send({ type: 'sticker', sticker: {} }) },
    {
      iconName: 'document',
      title: 'Document',
      act: () => send({ type: 'document', document: { filename: 'delivery-note.pdf' } }),
    },
  ]),
)

function captioned() {
  const caption = takeText()
  return caption === '' ? {} : { caption }
}

function reactToLast() {
  const last = [...chat.values()].findLast(({ direction }) => direction === 'outbound')
  if (last) return onReact(last)
  notice('There is nothing to react to yet.')
}

// Start

search.addEventListener('input', showDrivers)
search.addEventListener('keydown', (event) => {
  if (event.key === 'Enter') driverList.querySelector('a')?.click()
})
addEventListener('hashchange', openPhone)
document.addEventListener('visibilitychange', () => void refresh())

const events = new EventSource('/sandbox/events')
events.addEventListener('message', ({ data }) => {
  const event = JSON.parse(data)
  if (event.kind === 'reset') openPhone()
  else if (event.phone === phone) void refresh()
})
events.addEventListener('open', () => void refresh())
// The typing indicator ends by itself, without an event.
setInterval(() => messagesBox.classList.contains('typing') && void refresh(), 2000)

try {
  ;({ drivers } = await api('GET', '/drivers'))
} catch (error) {
  notice(error.message)
}
openPhone()
