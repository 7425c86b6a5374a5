/** The sections of Settings, by name, in the order of their list. */
export const SECTIONS = [
  'profile',
  'privacy',
  'notifications',
  'appearance',
  'devices',
  'keys',
  'storage',
  'data',
] as const;
export type Section = (typeof SECTIONS)[number];

/** Where somebody is in Settings: in a section, or in the list of them. */
export type SettingsPlace = Section | 'list';
