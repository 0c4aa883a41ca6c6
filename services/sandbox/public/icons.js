// Drawn rather than typed: not every machine has a font with emoji.
const ICONS = {
  bin: ['M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13', 'M10 11v5M14 11v5'],
  camera: ['M4 8h3l2-3h6l2 3h3v11H4z', 'M12 17a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7z'],
  document: ['M6 3h8l4 4v14H6z', 'M14 3v4h4', 'M9 12h6M9 16h6'],
  link: ['M14 5h5v5', 'M19 5l-9 9', 'M17 14v5H5V7h5'],
  list: ['M8 7h12M8 12h12M8 17h12', 'M4 7h.01M4 12h.01M4 17h.01'],
  microphone: ['M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3z', 'M6 11a6 6 0 0 0 12 0M12 17v4'],
  pencil: ['M4 20l1-4L16 5l3 3L8 19z', 'M14 7l3 3'],
  pin: ['M12 21s-7-6.5-7-11a7 7 0 0 1 14 0c0 4.5-7 11-7 11z', 'M12 12a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5z'],
  play: ['M8 5l11 7-11 7z'],
  reply: ['M10 7L5 12l5 5', 'M5 12h8a6 6 0 0 1 6 6v1'],
  smile: ['M12 21a9 9 0 1 0 0-18a9 9 0 0 0 0 18z', 'M8 14c1 2 2.4 3 4 3s3-1 4-3', 'M9 9.5h.01M15 9.5h.01'],
  thumb: ['M7 11l4-7a2 2 0 0 1 2.5 2.5L13 9h5.5a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7z', 'M3 11h4v8H3z'],
}

export function icon(name) {
  return drawing('0 0 24 24', ICONS[name], 'glyph')
}

export function drawing(viewBox, paths, className = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', viewBox)
  svg.setAttribute('class', className)
  svg.setAttribute('aria-hidden', 'true')
  for (const d of paths) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path')
    path.setAttribute('d', d)
    svg.append(path)
  }
  return svg
}
