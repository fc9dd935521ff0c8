using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>What holds for every call that makes a name: mkdir, mkfifo, mknod, open(O_CREAT), symlink, bind, link.</summary>
internal static class CreateCases
{
    private sealed record Maker(string Word, int Type, Func<string, int, Outcome> Make, bool HasMode = true, bool RootOnly = false);

    private static readonly Maker[] s_makers =
    [
        new("open", S_IFREG, MakeFile),
        new("mknod_file", S_IFREG, (p, m) => Mknod(p, S_IFREG, m)),
        new("mkdir", S_IFDIR, (p, m) => Mkdir(p, m)),
        new("mkfifo", S_IFIFO, (p, m) => Mkfifo(p, m)),
        new("mknod_socket", S_IFSOCK, (p, m) => Mknod(p, S_IFSOCK, m)),
        new("symlink", S_IFLNK, (p, _) => Symlink("t", p), HasMode: false),
        new("mknod_character", S_IFCHR, (p, m) => Mknod(p, S_IFCHR, m, 1, 3), RootOnly: true),
        new("mknod_block", S_IFBLK, (p, m) => Mknod(p, S_IFBLK, m, 7, 250), RootOnly: true),
    ];

    internal static void Add(CaseList t)
    {
        foreach (var maker in s_makers)
        {
            Action<string, Action<PosixContext>> add = maker.RootOnly ? (n, run) => t.Root(n, run) : (n, run) => t.Both(n, run);
            AddFor(t, maker, add);
        }
        t.User("mknod_of_devices_is_EPERM", _ =>
        {
            Mknod("c", S_IFCHR, 644, 1, 3).Fails(EPERM);
            Mknod("b", S_IFBLK, 644, 7, 0).Fails(EPERM);
            Equal("", Names("."));
        });
        t.Root("device_numbers_are_kept", _ =>
        {
            foreach (var (major, minor) in new[] { (1, 3), (0, 0), (255, 255), (8, 17) })
            {
                Mknod($"c{major}-{minor}", S_IFCHR, 600, major, minor).Ok();
                Equal(((uint)major, (uint)minor), Lstat($"c{major}-{minor}").DeviceNumber);
            }
        });
        t.Root("a_device_opens_unless_mounted_nodev", c =>
        {
            Mknod("null", S_IFCHR, 666, 1, 3).Ok();
            if (Statfs(".").NoDevices)
                Open("null", O_RDWR).Fails(EACCES);
            else
                Write(c.Fd("null", O_WRONLY), "gone"u8).Is(4);
        });
        t.Both("a_fifo_passes_bytes", c =>
        {
            Mkfifo("f").Ok();
            Open("f", O_WRONLY | O_NONBLOCK).Fails(ENXIO);
            int reader = c.Fd("f", O_RDONLY | O_NONBLOCK);
            int writer = c.Fd("f", O_WRONLY);
            Write(writer, "through"u8).Is(7);
            byte[] got = new byte[16];
            Read(reader, got).Is(7);
            Equal(0L, Stat("f").Length);
        });
        t.Both("a_bound_socket_has_its_type_and_refuses_open", _ =>
        {
            BindSocket("s").Ok();
            Equal(S_IFSOCK, Lstat("s").Type);
            Open("s", O_RDONLY).Fails(ENXIO);
            BindSocket("s").Fails(EADDRINUSE);
        });
        t.Both("mkdir_has_two_links_and_raises_the_parents", _ =>
        {
            Mkdir("d").Ok();
            Equal(2u, Stat("d").Links);
            for (int i = 1; i <= 5; i++)
            {
                Mkdir($"d/{i}").Ok();
                Equal((uint)(2 + i), Stat("d").Links);
            }
            File("d/f");
            Equal(7u, Stat("d").Links);
        });
        t.Both("mkdir_of_dot_root_and_trailing_slash", _ =>
        {
            Mkdir(".").Fails(EEXIST);
            Mkdir("..").Fails(EEXIST);
            Mkdir("/").Fails(EEXIST);
            Mkdir("d/").Ok();
            Mkdir("d/.").Fails(EEXIST);
        });
        t.Both("a_file_with_a_trailing_slash_is_refused", _ =>
        {
            Open("a/", O_CREAT | O_WRONLY).FailsEither(EISDIR, ENOENT);
            Mkfifo("f/").FailsEither(ENOENT, EISDIR);
            Symlink("t", "l/").FailsEither(ENOENT, EISDIR);
        });
        t.Both("mkdir_through_a_dangling_symlink_is_EEXIST", _ =>
        {
            Symlink("none", "l").Ok();
            Mkdir("l").Fails(EEXIST);
            Mkfifo("l").Fails(EEXIST);
            TryStat("none", out var _).Fails(ENOENT);
        });
        t.Both("open_creates_through_a_dangling_symlink", _ =>
        {
            Symlink("real", "l").Ok();
            Close((int)Open("l", O_CREAT | O_WRONLY).Ok()).Ok();
            Equal(S_IFREG, Lstat("real").Type);
        });
        t.Both("mkdir_keeps_sticky_and_ignores_suid", _ =>
        {
            Mkdir("d", 1777).Ok();
            Equal(1777, Stat("d").Mode);
        });
        t.Both("mknod_with_a_directory_type_is_refused", _ => Mknod("d", S_IFDIR).FailsEither(EPERM, EINVAL));
        t.Root("in_a_setgid_directory_takes_its_group", _ =>
        {
            foreach (var maker in s_makers)
            {
                Mkdir(maker.Word).Ok();
                Chown(maker.Word, -1, Staff).Ok();
                Chmod(maker.Word, 2755).Ok();
                maker.Make($"{maker.Word}/x", 644).Ok();
                Equal(Staff, Lstat($"{maker.Word}/x").Gid);
            }
        });
        t.Root("mkdir_in_a_setgid_directory_inherits_the_bit", _ =>
        {
            Mkdir("d").Ok();
            Chmod("d", 2755).Ok();
            Mkdir("d/e", 700).Ok();
            Equal(2700, Stat("d/e").Mode);
            Mkdir("d/e/f", 711).Ok();
            Equal(2711, Stat("d/e/f").Mode);
        });
        t.Root("a_foreign_users_sgid_file_in_a_setgid_directory_loses_the_bit", c =>
        {
            Dirs(777, "d");
            Chown("d", -1, Staff).Ok();
            Chmod("d", 2777).Ok();
            c.As(Alice, () => Close((int)Open("d/a", O_CREAT | O_WRONLY, 2755).Ok()).Ok());
            Equal(755, Stat("d/a").Mode);
            Equal(Staff, Stat("d/a").Gid);
            c.AsUser(Alice, Alice, [Staff], () => Close((int)Open("d/b", O_CREAT | O_WRONLY, 2755).Ok()).Ok());
            Equal(2755, Stat("d/b").Mode);
        });
        t.Root("belongs_to_the_effective_user_and_group", c =>
        {
            Dirs(777, "d");
            foreach (var maker in s_makers.Where(m => !m.RootOnly))
            {
                c.AsUser(Alice, Staff, [Bob], () => maker.Make($"d/{maker.Word}", 644).Ok());
                Equal((Alice, Staff), (Lstat($"d/{maker.Word}").Uid, Lstat($"d/{maker.Word}").Gid));
            }
        });
    }

    private static Outcome MakeFile(string path, int mode)
    {
        var opened = Open(path, O_CREAT | O_EXCL | O_WRONLY, mode);
        if (opened.Succeeded)
            Close((int)opened.Value).Ok();
        return opened;
    }

    private static void AddFor(CaseList t, Maker maker, Action<string, Action<PosixContext>> add)
    {
        add($"{maker.Word}_makes_its_type", _ =>
        {
            maker.Make("a", 644).Ok();
            Equal(maker.Type, Lstat("a").Type);
            Equal("a", Names("."));
        });
        add($"{maker.Word}_of_an_existing_name_is_EEXIST", _ =>
        {
            foreach (var kind in FileKind.Ordinary)
            {
                kind.Make(kind.Word);
                maker.Make(kind.Word, 644).Fails(EEXIST);
                Equal(kind.Type, Lstat(kind.Word).Type);
            }
        });
        add($"{maker.Word}_moves_the_directorys_times", _ =>
        {
            Mkdir("d").Ok();
            ChangesMtime("d", () => maker.Make("d/a", 644).Ok());
        });
        add($"{maker.Word}_stamps_all_times_now", _ =>
        {
            File("before");
            var from = Stat("before").Change;
            Tick();
            maker.Make("a", 644).Ok();
            Tick();
            File("after");
            var to = Stat("after").Change;
            var stat = Lstat("a");
            foreach (var time in new[] { stat.Access, stat.Modify, stat.Change })
                True(time > from && time < to, $"{from} < {time} < {to}");
        });
        add($"{maker.Word}_refused_leaves_the_directorys_times", _ =>
        {
            Mkdir("d").Ok();
            File("d/a");
            KeepsTimes("d", () => maker.Make("d/a", 644).Fails(EEXIST));
        });
        add($"{maker.Word}_takes_the_creators_ids", c =>
        {
            maker.Make("a", 644).Ok();
            uint expected = c.IsRoot ? 0 : Stat(".").Uid;
            Equal(expected, Lstat("a").Uid);
            Equal(Stat(".").Gid, Lstat("a").Gid);
        });
        add($"{maker.Word}_with_a_name_of_255_bytes", _ =>
        {
            string name = new('n', NAME_MAX);
            maker.Make(name, 644).Ok();
            Equal(maker.Type, Lstat(name).Type);
            Equal(name, Names("."));
        });
        if (!maker.HasMode)
            return;
        add($"{maker.Word}_applies_the_umask", _ =>
        {
            foreach (int mode in new[] { 0, 151, 345, 644, 755, 777 })
                foreach (var (mask, name) in new[] { (0, $"a{mode}"), (22, $"b{mode}"), (77, $"c{mode}"), (151, $"d{mode}"), (777, $"e{mode}") })
                {
                    Umask(mask);
                    maker.Make(name, mode).Ok();
                    Equal(Octal.ToDigits(Octal.FromDigits(mode) & ~Octal.FromDigits(mask)), Lstat(name).Mode, $"mode of {name}");
                }
        });
    }
}
