/** Sounds and pictures: recording, listening, looking through pictures. */
import type { media as english } from '../en/media.ts';
import type { Translation } from '../phrases.ts';

export const media: Translation<typeof english, 'de'> = {
  voice: {
    record: 'Sprachnachricht aufnehmen',
    recording: 'Eine Sprachnachricht wird aufgenommen',
    recorded: 'Aufgenommen: {{time}}',
    left: 'noch {{time}}',
    cancel: 'Aufnahme löschen',
    send: 'Sprachnachricht senden',
    name: 'Sprachnachricht, {{time}}',
    play: 'Sprachnachricht abspielen, {{time}}',
    pause: 'Anhalten',
    position: 'Stelle in der Sprachnachricht',
    at: '{{time}} von {{of}}',
    speed: 'Tempo: {{times, number}}-fach',
    absent: 'Noch nicht auf diesem Gerät',
    gone: 'Nicht mehr vorhanden',
    cannotPlay: 'Lässt sich hier nicht abspielen',
    failures: {
      refused: 'Das Mikrofon ist gesperrt. Erlaube es für diese Seite in deinem Browser und versuche es noch einmal.',
      'no-microphone': 'Es wurde kein Mikrofon gefunden.',
      busy: 'Ein anderes Programm benutzt das Mikrofon.',
      failed: 'Dieser Browser konnte nicht aufnehmen.',
    },
    ended: {
      limit:
        'Eine Sprachnachricht dauert höchstens eine halbe Stunde, damit sie durch langsame Netze passt. Sie kann jetzt gesendet werden.',
      lost: 'Das Mikrofon ist weg. Was aufgenommen wurde, kann gesendet werden.',
      left: 'Die Aufnahme endete, als du weggegangen bist. Sie kann gesendet werden.',
    },
  },
  gallery: {
    older: 'Vorheriges Bild',
    newer: 'Nächstes Bild',
    zoom: 'Vergrößern',
    position: '{{at, number}} von {{of, number}}',
    positionOfMore: '{{at, number}} von {{of, number}} geladenen',
    shown: '{{file}}, von {{name}}. {{position}}',
    seeking: 'Weitere Bilder werden gesucht…',
    absent: 'Es gibt mehr, das nicht auf diesem Gerät ist. Du siehst es, wenn du online bist.',
  },
  camera: {
    files: 'Fotos und Dateien',
    take: 'Foto aufnehmen',
  },
};
