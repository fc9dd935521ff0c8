using static FsxFuse.Posix.Cases.Running.PosixContext;

namespace FsxFuse.Posix.Cases.Table;

/// <summary>chown(2), lchown(2), fchown(2).</summary>
internal static class ChownCases
{
    internal static void Add(CaseList t)
    {
        foreach (var kind in FileKind.All)
        {
            t.Root($"sets_owner_and_group_of_{kind.Word}", _ =>
            {
                kind.Make("a");
                Lchown("a", Alice, Bob).Ok();
                Equal((Alice, Bob), Owner("a"));
                Lchown("a", -1, Staff).Ok();
                Equal((Alice, Staff), Owner("a"));
                Lchown("a", Bob, -1).Ok();
                Equal((Bob, Staff), Owner("a"));
            });
            t.Root($"moves_ctime_not_mtime_of_{kind.Word}", _ =>
            {
                kind.Make("a");
                KeepsMtime("a", () => ChangesCtime("a", () => Lchown("a", Alice, Alice).Ok()));
            });
        }
        t.Root("follows_a_symlink_and_lchown_does_not", _ =>
        {
            File("a");
            Symlink("a", "l").Ok();
            Chown("l", Alice, Alice).Ok();
            Equal((Alice, Alice), Owner("a"));
            Equal((0u, 0u), Owner("l"));
            Lchown("l", Bob, Bob).Ok();
            Equal((Alice, Alice), Owner("a"));
            Equal((Bob, Bob), Owner("l"));
        });
        t.Root("shows_through_every_hard_link", _ =>
        {
            File("a");
            Link("a", "b").Ok();
            Chown("b", Alice, Staff).Ok();
            Equal((Alice, Staff), Owner("a"));
        });
        t.Root("fchown_sets_both_even_when_unlinked", c =>
        {
            int fd = c.Fd("a");
            Fchown(fd, Alice, Staff).Ok();
            Equal((Alice, Staff), Owner("a"));
            Unlink("a").Ok();
            Fchown(fd, Bob, -1).Ok();
            Equal(Bob, Fstat(fd).Uid);
        });
        t.Root("large_ids_are_kept", _ =>
        {
            File("a");
            Chown("a", 0xFFFFFFFE, 0xFFFFFFFD).Ok();
            Equal((0xFFFFFFFEu, 0xFFFFFFFDu), Owner("a"));
        });
        t.Root("to_another_group_of_his_own_is_the_owners_right", c =>
        {
            File("a");
            Chown("a", Alice, Alice).Ok();
            c.AsUser(Alice, Alice, [Alice, Staff], () => Chown("a", -1, Staff).Ok());
            Equal((Alice, Staff), Owner("a"));
            c.AsUser(Alice, Alice, [Alice, Staff], () => Chown("a", Alice, Alice).Ok());
            Equal((Alice, Alice), Owner("a"));
        });
        t.Root("to_a_foreign_group_is_EPERM", c =>
        {
            File("a");
            Chown("a", Alice, Alice).Ok();
            c.As(Alice, () => Chown("a", -1, Staff).Fails(EPERM));
            Equal((Alice, Alice), Owner("a"));
        });
        t.Root("by_another_user_is_EPERM", c =>
        {
            File("a");
            Chown("a", Alice, Alice).Ok();
            c.As(Bob, () =>
            {
                Chown("a", Bob, -1).Fails(EPERM);
                Chown("a", -1, Bob).Fails(EPERM);
                Chown("a", Alice, Alice).Fails(EPERM);
            });
        });
        t.User("giving_a_file_away_is_EPERM", _ =>
        {
            File("a");
            Chown("a", Bob, -1).Fails(EPERM);
            Chown("a", 0, -1).Fails(EPERM);
            Lchown("a", Bob, Bob).Fails(EPERM);
        });
        t.User("to_what_it_is_succeeds", _ =>
        {
            File("a");
            var (uid, gid) = Owner("a");
            Chown("a", uid, gid).Ok();
            Chown("a", -1, -1).Ok();
        });
        t.Root("refused_leaves_ctime", c =>
        {
            File("a");
            KeepsTimes("a", () => c.As(Alice, () => Chown("a", Alice, Alice).Fails(EPERM)));
        });
        t.Root("by_the_owner_clears_suid_and_sgid_of_an_executable", c =>
        {
            foreach (int mode in new[] { 6555, 4755, 2755, 6710 })
            {
                string name = File($"a{mode}");
                Chown(name, Alice, Alice).Ok();
                Chmod(name, mode).Ok();
                c.AsUser(Alice, Alice, [Alice, Staff], () => Chown(name, -1, Staff).Ok());
                Equal(mode % 1000, Stat(name).Mode);
            }
        });
        t.Root("by_root_clears_suid_and_sgid_of_an_executable", _ =>
        {
            File("a");
            Chmod("a", 6755).Ok();
            Chown("a", Alice, Alice).Ok();
            Equal(755, Stat("a").Mode);
        });
        t.Root("keeps_sgid_without_group_execute", _ =>
        {
            File("a");
            Chmod("a", 2644).Ok();
            Chown("a", Alice, 0).Ok();
            Equal(2644, Stat("a").Mode);
        });
        t.Root("of_a_directory_keeps_suid_and_sgid", _ =>
        {
            Mkdir("d").Ok();
            Chmod("d", 7755).Ok();
            Chown("d", Alice, Staff).Ok();
            Equal(7755, Stat("d").Mode);
        });
        t.Root("of_nothing_moves_ctime_and_clears_suid", _ =>
        {
            File("a", "", 4755);
            KeepsMtime("a", () => ChangesCtime("a", () => Chown("a", -1, -1).Ok()));
            Equal(755, Stat("a").Mode);
        });
        t.Root("of_nothing_by_another_user_keeps_suid", c =>
        {
            File("a", "", 4755);
            c.As(Alice, () => Chown("a", -1, -1));
            Equal(4755, Stat("a").Mode);
        });
        t.Root("of_nothing_keeps_ids", _ =>
        {
            File("a");
            Chown("a", Alice, Staff).Ok();
            Chown("a", -1, -1).Ok();
            Equal((Alice, Staff), Owner("a"));
        });
        t.Root("takes_effect_on_permission_at_once", c =>
        {
            File("a", "x", 600);
            c.As(Alice, () => Open("a", O_RDONLY).Fails(EACCES));
            Chown("a", Alice, -1).Ok();
            c.As(Alice, () => Equal("x", Text("a")));
            Chown("a", Bob, -1).Ok();
            c.As(Alice, () => Open("a", O_RDONLY).Fails(EACCES));
        });
        t.User("fchown_of_O_PATH_is_EBADF", c => Fchown(c.Fd(File("a"), O_PATH), -1, -1).Fails(EBADF));
    }

    private static (uint Uid, uint Gid) Owner(string path) => (Lstat(path).Uid, Lstat(path).Gid);
}
