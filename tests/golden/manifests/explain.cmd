explain -f aks.yaml www.partner.example A
