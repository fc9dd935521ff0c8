namespace FsxFuse.Options;

/// <summary>Finds what somebody may have meant.</summary>
internal static class NearestName
{
    // A word that was broken off is nearer than one with two wrong letters, further than one with a single wrong letter.
    private const int BeginningDistance = 3;

    /// <summary>
    /// The candidate with the fewest edits (insertions, deletions, substitutions, swaps of neighbours; '-' and '_' are one letter), or null
    /// when even that one is further than a third of the word away and does not contain it.
    /// </summary>
    public static string? Of(string word, IEnumerable<string> candidates)
    {
        string wanted = Normal(word);
        string? best = null;
        int bestDistance = int.MaxValue;
        foreach (string candidate in candidates)
        {
            string known = Normal(candidate);
            int distance = 2 * Distance(wanted, known);
            if (wanted.Length >= 3 && (known.StartsWith(wanted, StringComparison.Ordinal) || wanted.StartsWith(known, StringComparison.Ordinal) && known.Length >= 3))
                distance = Math.Min(distance, BeginningDistance);
            if (distance < bestDistance)
                (best, bestDistance) = (candidate, distance);
        }
        return bestDistance <= 2 * Math.Max(1, (wanted.Length + 1) / 3) ? best : null;
    }

    private static string Normal(string text) => text.Replace('-', '_').ToLowerInvariant();

    // Optimal string alignment; words are short, so the whole table is kept.
    private static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = a[i - 1] == b[j - 1] ? 0 : 1;
                cost[i, j] = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + substitution);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }
        return cost[a.Length, b.Length];
    }
}
