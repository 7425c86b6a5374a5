/** What keys do: the sheet behind `?`. */
import type { shortcuts as english } from '../en/shortcuts.ts';
import type { Translation } from '../phrases.ts';

export const shortcuts: Translation<typeof english, 'de'> = {
  shortcuts: {
    title: 'Tastenkürzel',
    key: 'Diese Liste mit „?“ zeigen',
    keyHint:
      'Auf diesem Gerät. Schalte es aus, wenn du mit ihm sprichst: Ein gesprochenes Wort kann einzelne Tasten auslösen.',
    caps: {
      Control: 'Strg',
      Shift: 'Umschalt',
      Enter: 'Eingabe',
      Escape: 'Esc',
      Tab: 'Tab',
      Space: 'Leertaste',
      Backspace: 'Rücktaste',
      ContextMenu: 'Menü',
      Home: 'Pos1',
      End: 'Ende',
      PageUp: 'Bild auf',
      PageDown: 'Bild ab',
    },
    places: {
      everywhere: 'Überall',
      messages: 'In den Nachrichten',
      writing: 'Beim Schreiben',
      finding: 'Beim Suchen und Auswählen',
      pictures: 'Beim Ansehen von Bildern',
      voice: 'In einer Sprachnachricht',
    },
    everywhere: {
      search: 'Suchen',
      keys: 'Diese Liste zeigen',
      close: 'Schließen, was offen ist',
    },
    messages: {
      move: 'Zur Nachricht darüber oder darunter',
      ends: 'Zur ersten oder letzten Nachricht',
      menu: 'Menü einer Nachricht öffnen',
      reply: 'Antworten',
      undo: 'Ein Löschen zurücknehmen, fünf Sekunden lang',
      select: 'Auswählen, während ausgewählt wird',
      leave: 'Zurück zum Schreiben',
    },
    writing: {
      send: 'Senden',
      newLine: 'Neue Zeile',
      editLast: 'Letzte Nachricht bearbeiten, im leeren Feld',
      cancel: 'Bearbeiten, Antwort oder Vorschlag abbrechen',
      suggestions: 'Durch die Vorschläge gehen',
      take: 'Einen Vorschlag übernehmen',
    },
    finding: {
      found: 'Durch das Gefundene gehen',
      choose: 'Auswählen',
      takeOut: 'Die zuletzt gewählte Person entfernen',
      emoji: 'Durch die Emoji gehen',
    },
    pictures: {
      step: 'Vorheriges oder nächstes Bild',
      first: 'Erstes oder letztes Bild',
      zoom: 'Vergrößern oder verkleinern',
      whole: 'Das ganze Bild zeigen',
      pan: 'Ein vergrößertes Bild bewegen',
    },
    voice: {
      seek: 'Zurück oder vor',
      leap: 'Um ein Viertel vor oder zurück',
      start: 'An den Anfang oder das Ende',
    },
  },
};
