// Marks with what they are called, for the choice of emoji; the first name is shown.
export const emoji: Record<string, readonly (readonly [mark: string, names: string])[]> = {
  Smileys: [
    ["😀", "grinning,happy"], ["😄", "smile,happy"], ["😁", "beaming,grin"], ["😅", "sweat smile,relief"], ["😂", "tears of joy,laugh"],
    ["🤣", "rolling,laugh"], ["🙂", "slight smile"], ["😉", "wink"], ["😊", "blush,happy"], ["😇", "angel"], ["🥰", "loving"],
    ["😍", "heart eyes,love"], ["😘", "kiss"], ["😋", "yum"], ["😜", "winking tongue"], ["🤪", "zany"], ["🤔", "thinking"],
    ["🤨", "raised eyebrow"], ["😐", "neutral"], ["😶", "speechless"], ["😏", "smirk"], ["🙄", "eye roll"], ["😬", "grimace"], ["😌", "relieved"],
    ["😔", "pensive,sad"], ["😴", "sleeping"], ["🤒", "sick"], ["🤕", "hurt"], ["🤢", "nauseated"], ["🤯", "mind blown"], ["🥳", "party"],
    ["😎", "cool"], ["🤓", "nerd"], ["😕", "confused"], ["😟", "worried"], ["😮", "surprised,wow"], ["😳", "flushed"], ["🥺", "pleading"],
    ["😢", "cry,sad"], ["😭", "sob,cry"], ["😱", "scream"], ["😤", "huffing"], ["😡", "angry"], ["🤬", "swearing"], ["💀", "skull"], ["💩", "poo"],
    ["🤡", "clown"], ["👻", "ghost"], ["🤖", "robot"],
  ],
  People: [
    ["👍", "thumbs up,yes"], ["👎", "thumbs down,no"], ["👌", "ok"], ["✌️", "victory"], ["🤞", "fingers crossed"], ["🤟", "love you"],
    ["👏", "clap"], ["🙌", "hooray"], ["🙏", "thanks,please"], ["🤝", "handshake"], ["💪", "strong"], ["👋", "wave,hello"], ["✋", "hand,stop"],
    ["👉", "right"], ["👈", "left"], ["👆", "up"], ["👇", "down"], ["☝️", "one"], ["✍️", "writing"], ["👀", "eyes,look"], ["🧠", "brain"],
    ["🤷", "shrug"], ["🤦", "facepalm"], ["🙋", "raising hand"], ["🏃", "running"], ["🚶", "walking"], ["💃", "dancing"],
    ["👨‍💻", "developer,technologist"], ["👩‍🚀", "astronaut"], ["👨‍👩‍👧", "family"],
  ],
  Hearts: [
    ["❤️", "heart,love"], ["🧡", "orange heart"], ["💛", "yellow heart"], ["💚", "green heart"], ["💙", "blue heart"], ["💜", "purple heart"],
    ["🖤", "black heart"], ["💔", "broken heart"], ["💯", "hundred"], ["💥", "boom"], ["✨", "sparkles"], ["⭐", "star"], ["🔥", "fire"],
    ["🎉", "tada,party"], ["🎊", "confetti"], ["🎁", "gift"], ["🏆", "trophy"], ["🥇", "gold medal"],
  ],
  Nature: [
    ["🐶", "dog"], ["🐱", "cat"], ["🦊", "fox"], ["🐻", "bear"], ["🐼", "panda"], ["🦁", "lion"], ["🐸", "frog"], ["🐵", "monkey"],
    ["🐧", "penguin"], ["🦉", "owl"], ["🦋", "butterfly"], ["🐝", "bee"], ["🐢", "turtle"], ["🐙", "octopus"], ["🐳", "whale"], ["🌸", "blossom"],
    ["🌹", "rose"], ["🌻", "sunflower"], ["🌲", "tree"], ["🍀", "clover,luck"], ["🌍", "world"], ["🌙", "moon"], ["☀️", "sun"], ["⛅", "clouds"],
    ["🌧️", "rain"], ["⛄", "snowman"], ["❄️", "snow"], ["🌊", "wave,sea"], ["🌈", "rainbow"],
  ],
  Food: [
    ["🍏", "apple"], ["🍌", "banana"], ["🍓", "strawberry"], ["🍕", "pizza"], ["🍔", "burger"], ["🍟", "fries"], ["🌮", "taco"], ["🍣", "sushi"],
    ["🍜", "noodles"], ["🥗", "salad"], ["🍞", "bread"], ["🧀", "cheese"], ["🥐", "croissant"], ["🍰", "cake"], ["🎂", "birthday"],
    ["🍪", "cookie"], ["🍫", "chocolate"], ["☕", "coffee"], ["🍵", "tea"], ["🍺", "beer"], ["🍷", "wine"], ["🥂", "cheers"],
  ],
  Things: [
    ["🚗", "car"], ["🚲", "bicycle"], ["🚆", "train"], ["✈️", "plane"], ["🚀", "rocket"], ["⛵", "sailing boat"], ["🏠", "home"], ["🏖️", "beach"],
    ["⏰", "alarm clock"], ["📅", "calendar"], ["📌", "pin"], ["📎", "paperclip"], ["📷", "camera"], ["💻", "laptop"], ["📱", "phone"],
    ["🔋", "battery"], ["💡", "idea,light"], ["🔧", "wrench"], ["🔒", "lock"], ["🔑", "key"], ["📚", "books"], ["✏️", "pencil"], ["🎵", "music"],
    ["🎮", "game"], ["⚽", "football"], ["🏀", "basketball"], ["🎸", "guitar"], ["💰", "money"], ["✅", "done,check"], ["❌", "no,cross"],
    ["⚠️", "warning"], ["❓", "question"], ["❗", "exclamation"], ["➕", "plus"], ["🔴", "red"], ["🟢", "green"], ["🔵", "blue"], ["🏁", "finish"],
  ],
}
