import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type Browser, chromium, type Locator, type Page } from 'playwright-core'
import { freshStack, type TestStack } from './fresh-stack.ts'

const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const JOHAN = '12125550101'
const MARIA = '5511987650102'

let system: TestStack
let browser: Browser

beforeAll(async () => {
  const [started, launched] = await Promise.all([
    freshStack(() => ({ scale: { ingress: 1, intake: 1, assistant: 1, sender: 1 } })),
    chromium.launch({ executablePath: '/usr/bin/chromium', args: CHROMIUM_ARGS }),
  ])
  system = started
  browser = launched
})
afterAll(async () => {
  await browser?.close()
  await system?.[Symbol.asyncDispose]()
})

async function phoneOf(phone: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 390, height: 844 } })
  await page.goto(`${system.stack.description.urls.phone}#${phone}`)
  return page
}

async function write(page: Page, text: string) {
  await page.getByRole('textbox', { name: 'Message' }).fill(text)
  await page.getByRole('button', { name: 'Send' }).click()
}

async function expectShown(what: Locator) {
  await expect(what.last().waitFor()).resolves.toBeUndefined()
}

describe('the phone page', () => {
  it('lets one pick a driver and chat: words, a number, a button', async () => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 844 } })
    await page.goto(system.stack.description.urls.phone)
    await page.getByRole('link', { name: /Johan/ }).click()
    await write(page, 'What are my orders today?')
    await page.getByText('You have 3 orders today, Johan!').waitFor()
    await write(page, '2')
    await page.getByText('456 Oak Ave').last().waitFor()
    await page
      .getByRole('button', { name: /Confirm/ })
      .last()
      .click()
    await expectShown(page.getByText(/✅.*#12346/))
    await page.close()
  })

  it('shows ticks on what the driver wrote: read when it was answered', async () => {
    const page = await phoneOf(JOHAN)
    await write(page, 'What is my next stop?')
    await expectShown(page.locator('.bubble.mine').last().getByRole('img', { name: 'read' }))
    await page.close()
  })

  it('opens a list, and a row of it leads to the order', async () => {
    const page = await phoneOf(MARIA)
    await write(page, 'Quais são as minhas entregas de hoje?')
    await page.locator('.bubble.theirs .choice').last().click()
    await page.getByRole('dialog').getByText(/22302/).first().click()
    await expectShown(page.locator('.bubble.theirs').filter({ hasText: '22302' }))
    await page.close()
  })

  it('lets one send a photo, edit a message and delete it', async () => {
    const page = await phoneOf(JOHAN)
    await page.getByRole('textbox', { name: 'Message' }).fill('12346')
    await page.getByRole('button', { name: 'Attach' }).click()
    await page.getByRole('dialog').getByText('Photo').click()
    await expectShown(page.getByText('Kept as proof for order #12346 (Westside Restaurant)'))
    await write(page, 'details of order 12345')
    await expectShown(page.locator('.bubble.theirs').filter({ hasText: 'Tech Corp Inc' }))
    const mine = page.locator('.bubble.mine').filter({ hasText: 'details of order 12345' })
    await mine.hover()
    await mine.getByRole('button', { name: 'Edit this message' }).click()
    await write(page, 'details of order 12347')
    await expectShown(page.locator('.bubble.mine').filter({ hasText: 'details of order 12347 edited' }))
    await expectShown(page.locator('.bubble.theirs').filter({ hasText: 'Terminal B, Gate 5' }))
    const edited = page.locator('.bubble.mine').filter({ hasText: 'edited' })
    await edited.hover()
    await edited.getByRole('button', { name: 'Delete this message' }).click()
    await expectShown(page.getByText('You deleted this message'))
    await page.close()
  })

  it('S12: shows markup in a message as the text that it is', async () => {
    const page = await phoneOf(JOHAN)
    const hostile = [
      '<img src=x onerror="window.isOurs=false">',
      '<script>window.isOurs=false</script>',
      '*<svg/onload=window.isOurs=false>*',
      '[x](javascript:window.isOurs=false) javascript:window.isOurs=false',
      'https://a.example/"onmouseover="window.isOurs=false"x="',
      '"><iframe srcdoc="<script>parent.isOurs=false</script>">',
    ]
    for (const [index, text] of hostile.entries()) {
      await write(page, text)
      await page.locator('.bubble.mine').filter({ hasText: 'isOurs=false' }).nth(index).waitFor()
    }
    const made = [
      'img',
      'script',
      'iframe',
      '[onload]',
      '[onerror]',
      '[onmouseover]',
      'a:not([href^="https://"])',
    ]
    expect(await page.locator(`.messages :is(${made.join(', ')})`).count()).toBe(0)
    expect(await page.evaluate('window.isOurs')).toBeUndefined()
    await page.close()
  })
})
