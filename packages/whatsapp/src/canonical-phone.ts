/**
 * One string for one person. WhatsApp may add or drop the Brazilian ninth digit and the Mexican 1 (55 DD 9XXXXXXXX and
 * 55 DD XXXXXXXX, 52 1 … and 52 … are one number); replies still go to the wa_id as received.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
 */
export function canonicalPhone(phone: string): string {
  const digits = phone.replace(/\D/g, '')
  // Eight digits that start with 6 to 9 are a mobile number without its nine.
  const brazil = /^55(\d{2})([6-9]\d{7})$/.exec(digits)
  if (brazil) return `55${brazil[1]}9${brazil[2]}`
  const mexico = /^521(\d{10})$/.exec(digits)
  return mexico ? `52${mexico[1]}` : digits
}
