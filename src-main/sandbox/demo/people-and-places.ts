export const firstNames = [
  'Ada',
  'Bo',
  'Chidi',
  'Dee',
  'Elif',
  'Farah',
  'Gus',
  'Hana',
  'Ines',
  'Jonas',
  'Kaja',
  'Luis',
  'Mei',
  'Noor',
  'Olu',
  'Petra',
  'Quinn',
  'Rosa',
  'Sven',
  'Tariq',
  'Uma',
  'Vera',
  'Wim',
  'Xenia',
  'Yuki',
  'Zoë',
] as const

export const lastNames = [
  'Adeyemi',
  'Berg',
  'Costa',
  'Dahl',
  'Eriksen',
  'Fischer',
  'García',
  'Haddad',
  'Ito',
  'Jansen',
  'Kim',
  'Lind',
  'Moreau',
  'Novak',
  'Okafor',
  'Petrov',
  'Quist',
  'Rossi',
  'Sato',
  'Tanaka',
  'Ueda',
  'Vos',
  'Wójcik',
  'Yılmaz',
  'Zhang',
] as const

/** Where customers and merchants are: for telling them apart on a screen, not for finding them. */
export const cities = [
  { country: 'NL', city: 'Utrecht', latitude: 52.09, longitude: 5.12, currency: 'EUR' },
  { country: 'DE', city: 'Leipzig', latitude: 51.34, longitude: 12.37, currency: 'EUR' },
  { country: 'FR', city: 'Lyon', latitude: 45.76, longitude: 4.84, currency: 'EUR' },
  { country: 'ES', city: 'Sevilla', latitude: 37.39, longitude: -5.98, currency: 'EUR' },
  { country: 'SE', city: 'Malmö', latitude: 55.6, longitude: 13.0, currency: 'SEK' },
  { country: 'NO', city: 'Bergen', latitude: 60.39, longitude: 5.32, currency: 'NOK' },
  { country: 'CH', city: 'Bern', latitude: 46.95, longitude: 7.45, currency: 'CHF' },
  { country: 'JP', city: '札幌', latitude: 43.06, longitude: 141.35, currency: 'JPY' },
] as const

export const streets = [
  'Mill Lane',
  'Station Road',
  'Harbour Street',
  'Church Walk',
  'Garden Row',
  'Bridge Street',
] as const

export const trades = [
  { category: 'grocery', names: ['Corner Market', 'Fresh & Near', 'Green Basket'], centsMax: 9_000 },
  { category: 'restaurant', names: ['Little Lantern', 'Table Nine', 'Noodle House'], centsMax: 14_000 },
  { category: 'travel', names: ['Northern Rail', 'Blue Ferry', 'City Bikes'], centsMax: 60_000 },
  { category: 'electronics', names: ['Volt & Wire', 'Byte Bazaar'], centsMax: 180_000 },
  { category: 'pharmacy', names: ['Well Pharmacy', 'Apotek Sol'], centsMax: 7_500 },
  { category: 'books', names: ['Second Chapter', 'Paper Moon'], centsMax: 6_000 },
] as const

export const tags = ['newsletter', 'paperless', 'premium', 'student', 'senior', 'staff', 'traveller'] as const

export const methods = ['card', 'phone', 'watch', 'online'] as const
