/** What keys do: the sheet behind `?`. */
import type { shortcuts as english } from '../en/shortcuts.ts';
import type { Translation } from '../phrases.ts';

export const shortcuts: Translation<typeof english, 'ar'> = {
  shortcuts: {
    title: 'اختصارات لوحة المفاتيح',
    key: 'إظهار هذه القائمة بالمفتاح «?»',
    keyHint: 'على هذا الجهاز. أوقفه إذا كنت تتحدث إليه: فقد تضغط كلمة منطوقة على مفاتيح مفردة.',
    caps: {
      Control: 'Ctrl',
      Shift: 'Shift',
      Enter: 'Enter',
      Escape: 'Esc',
      Tab: 'Tab',
      Space: 'مسافة',
      Backspace: 'Backspace',
      ContextMenu: 'قائمة',
      Home: 'Home',
      End: 'End',
      PageUp: 'Page Up',
      PageDown: 'Page Down',
    },
    places: {
      everywhere: 'في كل مكان',
      messages: 'في الرسائل',
      writing: 'أثناء الكتابة',
      finding: 'أثناء البحث والاختيار',
      pictures: 'أثناء عرض الصور',
      voice: 'في رسالة صوتية',
    },
    everywhere: {
      search: 'بحث',
      keys: 'عرض هذه القائمة',
      close: 'إغلاق ما هو مفتوح',
    },
    messages: {
      move: 'الانتقال إلى الرسالة أعلاه أو أدناه',
      ends: 'الانتقال إلى أول رسالة أو آخرها',
      menu: 'فتح قائمة رسالة',
      reply: 'رد',
      undo: 'التراجع عن الحذف، خلال خمس ثوانٍ',
      select: 'تحديد، أثناء التحديد',
      leave: 'العودة إلى الكتابة',
    },
    writing: {
      send: 'إرسال',
      newLine: 'سطر جديد',
      editLast: 'تعديل آخر رسالة، والحقل فارغ',
      cancel: 'إلغاء التعديل أو الرد أو الاقتراح',
      suggestions: 'التنقل بين الاقتراحات',
      take: 'اختيار اقتراح',
    },
    finding: {
      found: 'التنقل بين ما عُثر عليه',
      choose: 'اختيار',
      takeOut: 'إزالة آخر شخص اختير',
      emoji: 'التنقل بين الرموز التعبيرية',
    },
    pictures: {
      step: 'الصورة السابقة أو التالية',
      first: 'أول صورة أو آخرها',
      zoom: 'تكبير أو تصغير',
      whole: 'عرض الصورة كاملة',
      pan: 'تحريك صورة مكبّرة',
    },
    voice: {
      seek: 'إلى الخلف أو الأمام',
      leap: 'ربع إلى الأمام أو الخلف',
      start: 'إلى البداية أو النهاية',
    },
  },
};
