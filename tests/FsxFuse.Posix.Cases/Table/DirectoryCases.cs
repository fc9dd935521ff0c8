using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>Reading directories: completeness, types, positions, change while iterating; names of every kind.</summary>
internal static class DirectoryCases
{
    private const int Many = 5000;

    internal static void Add(CaseList t)
    {
        t.Both("empty_holds_dot_and_dot_dot", _ =>
        {
            Mkdir("d").Ok();
            Equal(". ..", string.Join(' ', Entries("d").Select(e => e.Name).Order(StringComparer.Ordinal)));
        });
        FileKind.ForEach(t, "entry_has_type_and_inode_of", (_, kind) =>
        {
            kind.Make("a");
            var entry = Entries(".").Single(e => e.Name == "a");
            True(entry.Type == kind.EntryType || entry.Type == DT_UNKNOWN, $"d_type {entry.Type}");
            Equal(Lstat("a").Inode, entry.Inode);
        });
        t.Both("dot_has_its_own_inode_and_dot_dot_the_parents", _ =>
        {
            Dirs(755, "d", "d/e");
            var entries = Entries("d/e");
            Equal(Stat("d/e").Inode, entries.Single(e => e.Name == ".").Inode);
            Equal(Stat("d").Inode, entries.Single(e => e.Name == "..").Inode);
        });
        t.Both("five_thousand_entries_come_once_each", _ =>
        {
            MakeMany("d");
            foreach (int room in new[] { 1000, 4096, 32768 })
            {
                int fd = (int)Open("d", O_RDONLY | O_DIRECTORY).Ok();
                var names = ReadAll(fd, room).Select(e => e.Name).ToList();
                Close(fd).Ok();
                Equal(Many + 2, names.Count);
                Equal(Many + 2, names.Distinct().Count());
            }
        });
        t.Both("a_handled_signal_interrupts_no_call_on_names", c =>
        {
            c.Peer.BeInterruptible();
            c.Peer.Begin($"churn {c.Directory} 300");
            bool done = false;
            var signals = new Thread(() =>
            {
                while (!Volatile.Read(ref done))
                    c.Peer.Interrupt();
            });
            signals.Start();
            var outcome = c.Peer.End(out _);
            Volatile.Write(ref done, true);
            signals.Join();
            outcome.Ok();
        });
        t.Both("deleting_while_iterating_misses_nothing", c =>
        {
            MakeMany("d");
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            var seen = new HashSet<string>();
            while (Getdents(fd, out var some, 2048).Ok() > 0)
                foreach (var entry in some.Where(e => e.Name is not ("." or "..")))
                {
                    True(seen.Add(entry.Name), $"{entry.Name} came once");
                    Unlink($"d/{entry.Name}").Ok();
                }
            Equal(Many, seen.Count);
            Rmdir("d").Ok();
        });
        t.Both("deleting_what_was_read_and_rewinding_as_rm_does", c =>
        {
            MakeMany("d", 1000);
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            for (int round = 0; round < 100; round++)
            {
                Getdents(fd, out var some, 4096).Ok();
                var names = some.Select(e => e.Name).Where(n => n is not ("." or "..")).ToList();
                if (names.Count == 0)
                    break;
                foreach (string name in names)
                    Unlink($"d/{name}").Ok();
                Seek(fd, 0, SEEK_SET).Ok();
            }
            Equal("", Names("d"));
        });
        t.Both("creating_while_iterating_keeps_what_was_there", c =>
        {
            MakeMany("d", 500);
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            var seen = new List<string>();
            int made = 0;
            while (Getdents(fd, out var some, 1024).Ok() > 0)
            {
                seen.AddRange(some.Select(e => e.Name));
                if (made < 500)
                    File($"d/new-{made++}");
            }
            Equal(seen.Count, seen.Distinct().Count());
            Equal(500, seen.Count(n => n.StartsWith("name-", StringComparison.Ordinal)));
        });
        t.Both("renaming_while_iterating_shows_others_once", c =>
        {
            MakeMany("d", 300);
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            var seen = new List<string>();
            int round = 0;
            while (Getdents(fd, out var some, 1024).Ok() > 0)
            {
                seen.AddRange(some.Select(e => e.Name));
                Rename(round == 0 ? "d/name-000000" : $"d/moved-{round - 1}", $"d/moved-{round}").Ok();
                round++;
            }
            for (int i = 1; i < 300; i++)
                Equal(1, seen.Count(n => n == $"name-{i:d6}"), $"times that name {i} came");
        });
        t.Both("a_position_resumes_where_it_was_taken", c =>
        {
            MakeMany("d", 500);
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            var all = ReadAll(fd);
            foreach (int at in new[] { 0, 1, 2, 77, 250, 499, 500 })
            {
                Seek(fd, all[at].Next, SEEK_SET).Ok();
                var rest = ReadAll(fd).Select(e => e.Name).ToList();
                Equal(string.Join(' ', all.Skip(at + 1).Select(e => e.Name)), string.Join(' ', rest));
            }
        });
        t.Both("a_position_survives_deletions_before_it", c =>
        {
            MakeMany("d", 500);
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            var all = ReadAll(fd);
            foreach (var entry in all.Take(250).Where(e => e.Name is not ("." or "..")))
                Unlink($"d/{entry.Name}").Ok();
            Seek(fd, all[249].Next, SEEK_SET).Ok();
            var rest = ReadAll(fd).Select(e => e.Name).ToList();
            Equal(string.Join(' ', all.Skip(250).Select(e => e.Name)), string.Join(' ', rest));
        });
        t.Both("rewinding_sees_new_names", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Equal(2, ReadAll(fd).Count);
            File("d/a");
            Seek(fd, 0, SEEK_SET).Is(0);
            Equal(3, ReadAll(fd).Count);
            Unlink("d/a").Ok();
            Seek(fd, 0, SEEK_SET).Is(0);
            Equal(2, ReadAll(fd).Count);
        });
        t.Both("two_descriptors_have_two_positions", c =>
        {
            MakeMany("d", 200);
            int a = c.Fd("d", O_RDONLY | O_DIRECTORY);
            int b = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Getdents(a, out var _, 1024).Ok();
            Equal(202, ReadAll(b).Count);
        });
        t.Both("a_buffer_too_small_for_an_entry_is_EINVAL", c =>
        {
            Mkdir("d").Ok();
            File($"d/{new string('n', 200)}");
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Getdents(fd, out var _, 10).Fails(EINVAL);
        });
        t.Both("getdents_of_a_file_is_ENOTDIR", c => Getdents(c.Fd("a"), out var _).Fails(ENOTDIR));
        t.Both("a_listing_is_current_after_every_change", _ =>
        {
            Mkdir("d").Ok();
            for (int i = 0; i < 30; i++)
            {
                File("d/a");
                Equal("a", Names("d"));
                Rename("d/a", "d/b").Ok();
                Equal("b", Names("d"));
                Unlink("d/b").Ok();
                Equal("", Names("d"));
            }
        });
        t.Both("inodes_are_stable_while_a_file_is_touched", c =>
        {
            ulong inode = Fstat(c.Fd("a")).Inode;
            Truncate("a", 100).Ok();
            Chmod("a", 600).Ok();
            Rename("a", "b").Ok();
            Equal(inode, Stat("b").Inode);
            Equal(inode, Entries(".").Single(e => e.Name == "b").Inode);
        });
        t.Both("inodes_of_a_thousand_files_differ", _ =>
        {
            MakeMany("d", 1000);
            Equal(1000, Entries("d").Where(e => e.Name is not ("." or "..")).Select(e => e.Inode).Distinct().Count());
        });
        t.Both("a_hundred_levels", _ =>
        {
            for (int i = 0; i < 100; i++)
            {
                Mkdir("d").Ok();
                Chdir("d").Ok();
            }
            File("leaf", "x");
            Equal("x", Text("leaf"));
        });
        t.Both("fchdir_and_openat_work_on_a_renamed_directory", c =>
        {
            Mkdir("d").Ok();
            int fd = c.Fd("d", O_RDONLY | O_DIRECTORY);
            Rename("d", "e").Ok();
            Close((int)OpenAt(fd, "a", O_CREAT | O_WRONLY).Ok()).Ok();
            Equal("a", Names("e"));
            Fchdir(fd).Ok();
            True(Exists("a"));
        });
        AddNames(t);
    }

    private static void AddNames(CaseList t)
    {
        foreach (var (word, name) in new[]
        {
            ("latin1_bytes", Name.Raw(0x66, 0xFC, 0x72)), ("every_high_byte", Name.Raw([.. Enumerable.Range(0x80, 0x80).Select(b => (byte)b)])),
            ("every_control_byte", Name.Raw([.. Enumerable.Range(1, 31).Select(b => (byte)b)])), ("broken_utf8", Name.Raw(0xC3, 0x28, 0xE2, 0x82)),
            ("overlong_utf8", Name.Raw(0xC0, 0xAF)), ("surrogates_in_utf8", Name.Raw(0xED, 0xA0, 0x80)), ("four_byte_utf8", "😀"), ("composed", "é"), ("decomposed", "e\u0301"),
            ("blanks", "  a  b  "), ("newline", "a\nb"), ("backslash", "a\\b"), ("quotes", "'\""), ("percent", "%2F%00"), ("star_and_question", "*?[a]"), ("dots", "..."), ("leading_dot", ".hidden"),
            ("trailing_dot", "a."), ("leading_dash", "-rf"), ("colon_and_plus", "a:b+c&d=e"), ("windows_device", "CON"), ("tilde", "~"), ("delete", "\u007F"),
        })
            t.Both($"name_of_{word}", _ =>
            {
                File(name, word);
                Equal(word, Text(name));
                Equal(name, Names("."));
                Rename(name, "plain").Ok();
                Equal("plain", Names("."));
                Rename("plain", name).Ok();
                Mkdir("d").Ok();
                Link(name, "d/" + name).Ok();
                Unlink(name).Ok();
                Equal(word, Text("d/" + name));
            });
        t.Both("names_differ_by_case", _ =>
        {
            File("name", "lower");
            File("NAME", "upper");
            Equal("lower", Text("name"));
            Equal("upper", Text("NAME"));
        });
        t.Both("names_differ_by_normal_form", _ =>
        {
            File("\u00E9", "composed");
            File("e\u0301", "decomposed");
            Equal("composed", Text("\u00E9"));
            Equal("decomposed", Text("e\u0301"));
        });
        t.Both("names_of_255_bytes_of_multibyte_characters", _ =>
        {
            string name = new('é', 127);
            File(name + "x");
            Open(name + "é", O_CREAT | O_WRONLY).Fails(ENAMETOOLONG);
            Equal(name + "x", Names("."));
        });
        t.Both("names_of_255_bytes_of_no_encoding", c =>
        {
            string Long(int last) => Name.Raw([.. Enumerable.Repeat((byte)0xFE, 254), (byte)last]);
            File(Long(0xFD), "file");
            Mkdir(Long(0xFF)).Ok();
            Symlink(Long(0xFD), Long('l')).Ok();
            Equal("file", Text(Long('l')));
            Equal(string.Join(' ', new[] { Long(0xFD), Long(0xFF), Long('l') }.Order(StringComparer.Ordinal)), Names("."));
            Rename(Long(0xFD), Long(0xFF) + "/" + Long('m')).Ok();
            Equal("file", Text(Long(0xFF) + "/" + Long('m')));
            Open(Long(0xFD) + "x", O_CREAT | O_WRONLY).Fails(ENAMETOOLONG);
        });
        t.Both("size_does_not_follow_a_few_entries", c =>
        {
            Mkdir("d").Ok();
            long empty = Stat("d").Length;
            foreach (string name in new[] { "d/a", "d/b", "d/c" })
                File(name);
            Equal(empty, Stat("d").Length);
            if (c.Differs)
                Equal(0L, empty);
        }, differs: "names are rows of a database, not bytes of a directory's file: its size is 0");
        t.Both("names_of_every_length", _ =>
        {
            for (int length = 1; length <= NAME_MAX; length++)
                Mknod(new string('n', length), S_IFREG).Ok();
            Equal(NAME_MAX, Names(".").Split(' ').Length);
        });
    }

    private static void MakeMany(string directory, int count = Many)
    {
        Mkdir(directory).Ok();
        for (int i = 0; i < count; i++)
            Mknod($"{directory}/name-{i:d6}", S_IFREG).Ok();
    }
}
