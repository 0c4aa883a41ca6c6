import { el } from './bubble.js'
import { icon } from './icons.js'

const sheet = document.querySelector('#sheet')
sheet.addEventListener('click', (event) => {
  if (event.target === sheet) sheet.close()
})

/** The rows of a list message; `choose` gets the row that was tapped. */
export function openList({ button, sections, header }, choose) {
  const groups = sections.map(({ title, rows }) =>
    el(
      'section',
      {},
      ...(title ? [el('h3', {}, title)] : []),
      ...rows.map((row) => option(row, () => choose(row))),
    ),
  )
  open(header ?? button, groups)
}

/** What can be sent besides text. */
export function openAttachments(choices) {
  open('Attach', [el('div', { class: 'attachments' }, ...choices.map(attachment))])
}

function open(title, content) {
  const close = el('button', { class: 'icon', type: 'button', 'aria-label': 'Close' }, '✕')
  close.addEventListener('click', () => sheet.close())
  sheet.replaceChildren(el('header', {}, el('h2', { id: 'sheet-title' }, title), close), ...content)
  sheet.showModal()
}

function option({ title, description }, choose) {
  const text = el(
    'span',
    {},
    el('strong', {}, title),
    ...(description ? [el('small', { class: 'option-note' }, description)] : []),
  )
  const button = el(
    'button',
    { class: 'option', type: 'button' },
    text,
    el('span', { class: 'radio', 'aria-hidden': 'true' }),
  )
  button.addEventListener('click', () => {
    sheet.close()
    choose()
  })
  return button
}

function attachment({ iconName, title, act }) {
  const button = el('button', { class: 'attachment', type: 'button' }, icon(iconName), title)
  button.addEventListener('click', () => {
    sheet.close()
    act()
  })
  return button
}
