//! Word sets that patterns share.

/// Synonyms by name; `_` stands for a space.
pub(super) const SETS: &[(&str, &str)] = &[
    ("$done", "done|complete|completed|finished|closed"),
    (
        "$undone",
        "not_done|not_complete|not_completed|not_finished|undone|incomplete|pending|open|\
         unfinished|to_do|todo",
    ),
    ("$now", "now|already|all|finally|just|actually|both"),
    ("$my", "my|the|our"),
    ("$list", "list|todo_list|to-do_list|task_list|tasks|todos|lists|to_do_list"),
    ("$of", "of|for|on|from"),
    ("$until", "to|until|till|til|for|on|at|by"),
    ("$is", "is|are|has_been|have_been|was|were|got"),
    ("$have", "i|i've|i_have|ive|we|we've|we_have"),
    ("$add", "add|ad|create|creat|make|new|schedule|adding|creating|set_up|insert|enter"),
    ("$a", "a|an|one|another|a_new|the|new|my|this"),
    ("$task", "task|todo|to-do|to_do|reminder|item|entry"),
    ("$tasks", "tasks|todos|to-dos|items|reminders|things|to_dos"),
    ("$these", "these|the_following|following|some|my|all|the"),
    ("$count", "two|three|four|five|2|3|4|5|few|several"),
    ("$also", "also|still|really"),
    ("$called", "called|named|titled|:|to|saying|that_says|,|for_me_to"),
    ("$due", "due_date|due_time|deadline|due|date"),
    ("$label", "label|labels|tag|tags|hashtag|hashtags"),
    ("$note", "note|comment|remark|notes|details"),
    ("$remove", "remove|delete|drop|clear|unset|take|removing"),
    (
        "$show",
        "show|list|display|see|view|give|get|read|print|open|pull_up|check|shwo|lsit|showing|\
         listing|review",
    ),
];
