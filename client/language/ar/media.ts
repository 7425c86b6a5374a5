/** Sounds and pictures: recording, listening, looking through pictures. */
import type { media as english } from '../en/media.ts';
import type { Translation } from '../phrases.ts';

export const media: Translation<typeof english, 'ar'> = {
  voice: {
    record: 'تسجيل رسالة صوتية',
    recording: 'يجري تسجيل رسالة صوتية',
    recorded: 'تم تسجيل: {{time}}',
    left: 'بقي {{time}}',
    cancel: 'حذف التسجيل',
    send: 'إرسال الرسالة الصوتية',
    name: 'رسالة صوتية، {{time}}',
    play: 'تشغيل الرسالة الصوتية، {{time}}',
    pause: 'إيقاف مؤقت',
    position: 'الموضع في الرسالة الصوتية',
    at: '{{time}} من {{of}}',
    speed: 'السرعة: {{times, number}}×',
    absent: 'ليست على هذا الجهاز بعد',
    gone: 'لم تعد موجودة',
    cannotPlay: 'لا يمكن تشغيلها هنا',
    failures: {
      refused: 'الميكروفون محظور. اسمح به لهذا الموقع في متصفحك، ثم حاول مرة أخرى.',
      'no-microphone': 'لم يُعثر على ميكروفون.',
      busy: 'يستخدم برنامج آخر الميكروفون.',
      failed: 'تعذّر على هذا المتصفح التسجيل.',
    },
    ended: {
      limit: 'لا تتجاوز الرسالة الصوتية نصف ساعة، لأنها يجب أن تمر عبر الشبكات البطيئة. هي جاهزة للإرسال.',
      lost: 'لم يعد الميكروفون متاحًا. ما سُجّل جاهز للإرسال.',
      left: 'انتهى التسجيل عندما غادرت. هو جاهز للإرسال.',
    },
  },
  gallery: {
    older: 'الصورة السابقة',
    newer: 'الصورة التالية',
    zoom: 'تكبير',
    position: '{{at, number}} من {{of, number}}',
    positionOfMore: '{{at, number}} من {{of, number}} محمّلة',
    shown: '{{file}}، من {{name}}. {{position}}',
    seeking: 'يجري البحث عن مزيد من الصور…',
    absent: 'هناك المزيد مما ليس على هذا الجهاز. يمكن رؤيته عند الاتصال.',
  },
  camera: {
    files: 'صور وملفات',
    take: 'التقاط صورة',
  },
};
