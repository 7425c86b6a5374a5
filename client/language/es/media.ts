/** Sounds and pictures: recording, listening, looking through pictures. */
import type { media as english } from '../en/media.ts';
import type { Translation } from '../phrases.ts';

export const media: Translation<typeof english, 'es'> = {
  voice: {
    record: 'Grabar un mensaje de voz',
    recording: 'Se está grabando un mensaje de voz',
    recorded: 'Grabado: {{time}}',
    left: 'quedan {{time}}',
    cancel: 'Eliminar la grabación',
    send: 'Enviar el mensaje de voz',
    name: 'Mensaje de voz, {{time}}',
    play: 'Reproducir el mensaje de voz, {{time}}',
    pause: 'Pausar',
    position: 'Posición en el mensaje de voz',
    at: '{{time}} de {{of}}',
    speed: 'Velocidad: {{times, number}} veces',
    absent: 'Aún no está en este dispositivo',
    gone: 'Ya no existe',
    cannotPlay: 'No se puede reproducir aquí',
    failures: {
      refused: 'El micrófono está bloqueado. Permítelo para este sitio en tu navegador e inténtalo de nuevo.',
      'no-microphone': 'No se encontró ningún micrófono.',
      busy: 'Otro programa está usando el micrófono.',
      failed: 'Este navegador no pudo grabar.',
    },
    ended: {
      limit:
        'Un mensaje de voz dura media hora como máximo, porque debe pasar por redes lentas. Está listo para enviarse.',
      lost: 'El micrófono ya no está. Lo grabado está listo para enviarse.',
      left: 'La grabación terminó cuando saliste. Está lista para enviarse.',
    },
  },
  gallery: {
    older: 'Imagen anterior',
    newer: 'Imagen siguiente',
    zoom: 'Ampliar',
    position: '{{at, number}} de {{of, number}}',
    positionOfMore: '{{at, number}} de {{of, number}} cargadas',
    shown: '{{file}}, de {{name}}. {{position}}',
    seeking: 'Buscando más imágenes…',
    absent: 'Hay más que no está en este dispositivo. Se podrá ver cuando tengas conexión.',
  },
  camera: {
    files: 'Fotos y archivos',
    take: 'Hacer una foto',
  },
};
