/** What is said everywhere: buttons, problems, the connection, storage, days and presence. */
import type { general as english } from '../en/general.ts';
import type { Translation } from '../phrases.ts';

export const general: Translation<typeof english, 'de'> = {
  app: 'Tidewire',
  tagline: 'Nachrichten, die auch ohne Netz funktionieren.',
  cancel: 'Abbrechen',
  close: 'Schließen',
  retry: 'Erneut versuchen',
  back: 'Zurück zu den Chats',
  you: 'Du',
  problem: {
    network: 'Der Server ist nicht erreichbar. Prüfe deine Verbindung und versuche es erneut.',
    unknown: 'Das hat nicht geklappt. Bitte versuche es erneut.',
    nameMissing: 'Gib deinen Namen ein.',
    emailMissing: 'Gib deine E-Mail-Adresse ein.',
    emailWrong: 'Das sieht nicht wie eine E-Mail-Adresse aus.',
    passwordMissing: 'Gib dein Passwort ein.',
    passwordShort: 'Nimm mindestens 8 Zeichen.',
  },
  connection: {
    connecting: 'Verbinden …',
    offline: 'Offline',
    offlineWaiting_one: 'Offline, {{count, number}} wartet',
    offlineWaiting_other: 'Offline, {{count, number}} warten',
    syncing: 'Abgleichen …',
  },
  storage: {
    quota: 'Der Speicher dieses Geräts ist voll, deshalb können Nachrichten hier nicht aufbewahrt werden.',
    blocked: 'Dieser Browser erlaubt Tidewire nicht, Nachrichten auf diesem Gerät aufzubewahren.',
    outdated: 'In einem anderen Tab ist eine neuere Version von Tidewire offen. Lade neu, um hier weiterzumachen.',
    unavailable:
      'Dieser Browser kann keine Nachrichten auf diesem Gerät aufbewahren, vielleicht wegen eines privaten Fensters.',
    wiped: 'Der Browser hat die Nachrichten auf diesem Gerät entfernt. Sie werden erneut geladen.',
    unknown: 'Nachrichten können auf diesem Gerät nicht aufbewahrt werden.',
  },
  session: {
    over: 'Du wurdest abgemeldet. Deine Nachrichten sind noch auf diesem Gerät.',
    overWaiting_one:
      'Du wurdest abgemeldet. {{count, number}} Nachricht wurde noch nicht gesendet und bleibt hier, bis du dich wieder anmeldest.',
    overWaiting_other:
      'Du wurdest abgemeldet. {{count, number}} Nachrichten wurden noch nicht gesendet und bleiben hier, bis du dich wieder anmeldest.',
    remove: 'Entfernen',
  },
  removeData: {
    title: 'Deine Nachrichten von diesem Gerät entfernen?',
    hint: 'Alles wurde gesendet. Es ist wieder hier, wenn du dich anmeldest.',
    action: 'Entfernen',
  },
  update: {
    ready: 'Eine neue Version ist bereit',
    reload: 'Neu laden',
    later: 'Später',
  },
  failure: {
    title: 'Etwas ist schiefgelaufen',
    hint: 'Deine Nachrichten sind auf diesem Gerät sicher. Lade die App neu, um weiterzumachen.',
  },
  dates: {
    today: 'Heute',
    yesterday: 'Gestern',
  },
  presence: {
    typing_one: '{{names, list}} schreibt …',
    typing_other: '{{names, list}} schreiben …',
    typingMany: 'Mehrere schreiben …',
    online: 'online',
    lastSeen: 'zuletzt online {{when}}',
    today: 'um {{time}}',
    yesterday: 'gestern um {{time}}',
    earlier: 'am {{date}}',
  },
};
