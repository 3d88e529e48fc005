import type { Text } from '../en/en.ts';

export const controls: Text['controls'] = {
  more: '更多',
  settings: '设置',
  close: '关闭',
  fullscreen: '全屏',
  leaveFullscreen: '退出全屏',
  pictureInPicture: '画中画',
  closePictureInPicture: '关闭画中画',
  shortcuts: '键盘快捷键',
  useShortcuts: '使用键盘快捷键',
  shortcutsHint: '输入文字时不会触发。',
  commands: {
    microphone: '打开或关闭麦克风',
    camera: '打开或关闭摄像头',
    screen: '开始或停止共享屏幕',
    hand: '举手或放下',
    chat: '打开或关闭聊天',
    people: '打开或关闭参会者列表',
    previousPage: '上一页参会者',
    nextPage: '下一页参会者',
    fullscreen: '全屏',
    pictureInPicture: '画中画',
    help: '本列表',
  },
  sharing: '您正在共享屏幕',
  stopSharing: '停止共享',
};
