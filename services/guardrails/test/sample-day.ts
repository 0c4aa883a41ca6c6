/** A day as a turn knows it, for tests. */
export const DAY = {
  today: '2026-11-23',
  now: '2026-11-23T16:10:00-05:00',
  driver: { name: 'Johan Lima' },
  orders: [
    {
      id: '48213',
      customer: { name: 'Tech Corp Inc', phone: '+12125550173' },
      address: { line: '128 Main St, Suite 400', lat: 40.7527, lng: -73.9772 },
      window: { start: '2026-11-23T12:00:00-05:00', end: '2026-11-23T13:00:00-05:00' },
      status: 'assigned',
      items: [{ name: 'Frozen goods box', quantity: 36 }],
      instructions: 'Gate code 4421B, ask for Maria',
      total: 1250.5,
      currency: 'BRL',
    },
    {
      id: '59370',
      customer: { name: 'Padaria São João', phone: '+5511987654321' },
      address: { line: 'Rua das Flores, 87' },
      window: { start: '2026-11-23T14:30:00-05:00', end: '2026-11-23T15:30:00-05:00' },
      status: 'delivered',
      items: [{ name: 'Caixa de pães', quantity: 24 }],
    },
    {
      id: 'PED-60482',
      customer: { name: 'Bodega El Sol', phone: '+525512345678' },
      address: { line: 'Calle Reforma 950, Col. Juárez' },
      window: { start: '2026-11-24T16:45:00-05:00', end: '2026-11-24T18:15:00-05:00' },
      status: 'assigned',
      items: [],
    },
  ],
  words: ['left it with Pedro at the gate, back in 20 minutes'],
}

export const SETTINGS = {
  allowedHosts: ['www.google.com', '.waybill.example'],
  canaries: ['CANARY-7f3a9-lotus'],
  forbidden: [
    'get_order_details',
    'help',
    'You are the language understanding of Waybill, a WhatsApp assistant for delivery drivers. Software runs the tool and writes the reply.',
  ],
  timeZone: 'America/New_York',
}
