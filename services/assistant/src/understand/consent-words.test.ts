import { expect, it } from '@jest/globals'
import { consentIn } from './consent-words.ts'

it.each([
  ...['STOP', 'stop', ' Stop. ', 'STOP!!!', '“Stop”', '🛑 stop'.slice(3), 'Unsubscribe', 'stop texting me'],
  ...['Parar', 'SAIR', 'não quero mais receber mensagens', 'nao quero mais receber mensagens'],
  ...['Baja', 'Darme de baja', 'no más mensajes', 'Arrêt', 'Abmelden', 'СТОП', 'توقف', 'बंद करो', '停止'],
])('S34: opts out: %s', (words) => {
  expect(consentIn(words)).toBe('out')
})

it.each(['START', 'start', 'Começar', 'comecar', 'Alta', 'empezar!', 'старт', '开始'])(
  'S34: opts in: %s',
  (words) => {
    expect(consentIn(words)).toBe('in')
  },
)

it.each([
  ...['stop at 5th street', 'next stop', 'Stop?', 'stop 2', 'the stop', 'first stop', 'skip this stop'],
  ...["I can't stop here", 'stop sign', 'cancel', 'end', 'bus stop', 'stop, go', 'last stop is closed'],
  ...['parar na rua das Flores', 'vou parar 5 minutos', 'posso parar aqui?', 'para', 'parada', 'cancelar'],
  ...['pare de chover', 'estou para sair', 'próxima parada', 'sair às 9', 'vou sair agora', 'não'],
  ...[
    'baja la calle',
    'la parada 3',
    'basta',
    'parar en la calle 5',
    '¿puedo parar?',
    'alto',
    'dar de baja el 12345',
  ],
  ...['', '👍', '1', 'yes'],
])('S34: means something else: %s', (words) => {
  expect(consentIn(words)).toBeUndefined()
})
