/** What keys do: the sheet behind `?`. */
import type { shortcuts as english } from '../en/shortcuts.ts';
import type { Translation } from '../phrases.ts';

export const shortcuts: Translation<typeof english, 'es'> = {
  shortcuts: {
    title: 'Atajos de teclado',
    key: 'Mostrar esta lista con «?»',
    keyHint: 'En este dispositivo. Desactívalo si le hablas: una palabra dicha puede pulsar teclas sueltas.',
    caps: {
      Control: 'Ctrl',
      Shift: 'Mayús',
      Enter: 'Intro',
      Escape: 'Esc',
      Tab: 'Tab',
      Space: 'Espacio',
      Backspace: 'Retroceso',
      ContextMenu: 'Menú',
      Home: 'Inicio',
      End: 'Fin',
      PageUp: 'Re Pág',
      PageDown: 'Av Pág',
    },
    places: {
      everywhere: 'En todas partes',
      messages: 'En los mensajes',
      writing: 'Al escribir',
      finding: 'Al buscar y elegir',
      pictures: 'Al ver fotos',
      voice: 'En un mensaje de voz',
    },
    everywhere: {
      search: 'Buscar',
      keys: 'Mostrar esta lista',
      close: 'Cerrar lo que está abierto',
    },
    messages: {
      move: 'Ir al mensaje de arriba o de abajo',
      ends: 'Ir al primer mensaje o al último',
      menu: 'Abrir el menú de un mensaje',
      reply: 'Responder',
      undo: 'Deshacer una eliminación, durante cinco segundos',
      select: 'Seleccionar, mientras se selecciona',
      leave: 'Volver a escribir',
    },
    writing: {
      send: 'Enviar',
      newLine: 'Línea nueva',
      editLast: 'Editar el último mensaje, con el campo vacío',
      cancel: 'Cancelar la edición, la respuesta o una sugerencia',
      suggestions: 'Recorrer las sugerencias',
      take: 'Aceptar una sugerencia',
    },
    finding: {
      found: 'Recorrer lo encontrado',
      choose: 'Elegir',
      takeOut: 'Quitar a la última persona elegida',
      emoji: 'Recorrer los emojis',
    },
    pictures: {
      step: 'Foto anterior o siguiente',
      first: 'Primera foto o última',
      zoom: 'Acercar o alejar',
      whole: 'Mostrar la foto entera',
      pan: 'Mover una foto ampliada',
    },
    voice: {
      seek: 'Atrás o adelante',
      leap: 'Un cuarto adelante o atrás',
      start: 'Al principio o al final',
    },
  },
};
